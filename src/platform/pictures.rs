//! Pictures that people send, drawn anew: what is kept is a PNG of ours, without what was beside the picture in the file (R24). Must not keep a byte of
//! the file that came, and draws nothing that a file says to fetch.

use std::io::Cursor;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbaImage, imageops::FilterType};
use resvg::{
    tiny_skia::{Pixmap, Transform},
    usvg::{self, roxmltree},
};

/// Bytes of a drawing: what is longer is no logo, and drawing it is work.
const LARGEST_DRAWING: usize = 512 * 1024;
/// Pixels of a side of what came.
const LARGEST_SIDE: u32 = 6000;
/// Memory for reading it.
const LARGEST_READ: u64 = 160 * 1024 * 1024;
const SVG: &str = "http://www.w3.org/2000/svg";
/// What a drawing may be made of: shapes and their colours. No script, no text whose font we lack, nothing that fetches or multiplies.
const SHAPES: [&str; 17] = [
    "svg",
    "g",
    "defs",
    "title",
    "desc",
    "metadata",
    "style",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "linearGradient",
    "radialGradient",
    "stop",
];

/// A picture of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// PNG.
    pub png: Vec<u8>,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// Why a file is no picture that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureFault {
    /// Neither PNG, JPEG nor SVG.
    Unknown,
    /// A drawing with a script, or with anything that is no shape.
    Active,
    /// Too many pixels, or too long a drawing.
    Large,
    /// It cannot be read.
    Broken,
}

/// Draws a picture anew, no larger than so many pixels. PNG and JPEG as they are looked at (turned as their camera says), SVG by its shapes.
///
/// # Errors
/// See [`PictureFault`].
pub fn redraw(content: &[u8], (width, height): (u32, u32)) -> Result<Picture, PictureFault> {
    let drawn = match content {
        [0x89, b'P', b'N', b'G', ..] => photograph(content, ImageFormat::Png)?,
        [0xFF, 0xD8, 0xFF, ..] => photograph(content, ImageFormat::Jpeg)?,
        _ => drawing(content, (width, height))?,
    };
    let drawn = if drawn.width() > width || drawn.height() > height { drawn.resize(width, height, FilterType::Lanczos3) } else { drawn };
    let drawn = drawn.into_rgba8();
    let mut png = Cursor::new(Vec::new());
    drawn.write_to(&mut png, ImageFormat::Png).map_err(|_| PictureFault::Broken)?;
    Ok(Picture { png: png.into_inner(), width: drawn.width(), height: drawn.height() })
}

fn photograph(content: &[u8], format: ImageFormat) -> Result<DynamicImage, PictureFault> {
    let mut reader = ImageReader::with_format(Cursor::new(content), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST_SIDE);
    limits.max_image_height = Some(LARGEST_SIDE);
    limits.max_alloc = Some(LARGEST_READ);
    reader.limits(limits);
    let fault = |error: image::ImageError| match error {
        image::ImageError::Limits(_) => PictureFault::Large,
        _ => PictureFault::Broken,
    };
    let mut decoder = reader.into_decoder().map_err(fault)?;
    let turned = decoder.orientation().map_err(fault)?;
    let mut picture = DynamicImage::from_decoder(decoder).map_err(fault)?;
    picture.apply_orientation(turned);
    Ok(picture)
}

fn drawing(content: &[u8], (width, height): (u32, u32)) -> Result<DynamicImage, PictureFault> {
    let text = std::str::from_utf8(content).map_err(|_| PictureFault::Unknown)?;
    let begins = text.trim_start_matches('\u{feff}').trim_start();
    if !(begins.starts_with("<svg") || begins.starts_with("<?xml") || begins.starts_with("<!")) {
        return Err(PictureFault::Unknown);
    }
    if content.len() > LARGEST_DRAWING {
        return Err(PictureFault::Large);
    }
    // Entities can grow without end.
    if text.contains("<!ENTITY") {
        return Err(PictureFault::Active);
    }
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
    let document = roxmltree::Document::parse_with_options(text, options).map_err(|_| PictureFault::Broken)?;
    if !document.root_element().has_tag_name((SVG, "svg")) {
        return Err(PictureFault::Unknown);
    }
    if !document.descendants().filter(roxmltree::Node::is_element).all(|node| is_shape(&node)) {
        return Err(PictureFault::Active);
    }
    let tree = usvg::Tree::from_xmltree(&document, &usvg::Options::default()).map_err(|_| PictureFault::Broken)?;
    let size = tree.size();
    let scale = (f64::from(width) / f64::from(size.width())).min(f64::from(height) / f64::from(size.height()));
    let side = |length: f32, most: u32| whole(f64::from(length) * scale).clamp(1, most);
    let (width, height) = (side(size.width(), width), side(size.height(), height));
    let mut pixels = Pixmap::new(width, height).ok_or(PictureFault::Large)?;
    #[allow(clippy::cast_possible_truncation)]
    resvg::render(&tree, Transform::from_scale(scale as f32, scale as f32), &mut pixels.as_mut());
    RgbaImage::from_raw(width, height, pixels.take_demultiplied()).map(DynamicImage::from).ok_or(PictureFault::Broken)
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn whole(length: f64) -> u32 {
    length.round() as u32
}

/// Elements of other vocabularies are what drawing programs keep for themselves; they are not drawn.
fn is_shape(node: &roxmltree::Node<'_, '_>) -> bool {
    let name = node.tag_name();
    let harmless = node.attributes().all(|attribute| {
        let called = attribute.name().to_ascii_lowercase();
        !called.starts_with("on") && (called != "href" || attribute.value().starts_with('#'))
    });
    harmless && (name.namespace() != Some(SVG) && name.name() != "script" || SHAPES.contains(&name.name()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

    use super::*;

    const BOX: (u32, u32) = (480, 240);
    const DRAWN: &str = r##"<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><title>A lamp</title><rect width="100" height="100" fill="#ff0000"/></svg>"##;

    fn pixels(picture: &Picture) -> RgbaImage {
        image::load_from_memory(&picture.png).unwrap().into_rgba8()
    }

    fn jpeg(width: u32, height: u32, exif: &[u8]) -> Vec<u8> {
        let mut plain = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut plain, ImageFormat::Jpeg).unwrap();
        let plain = plain.into_inner();
        let length = u16::try_from(exif.len() + 8).unwrap().to_be_bytes();
        [&plain[..2], &[0xFF, 0xE1], &length, b"Exif\0\0", exif, &plain[2..]].concat()
    }

    /// R24: what the camera wrote beside the picture is gone, and the picture stands as it was looked at.
    #[test]
    fn what_a_camera_writes_beside_a_picture_is_gone() {
        // A directory of one line: turned by a quarter; then words.
        let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0".to_vec();
        exif.extend(b"Taken at the home of a witness");
        let sent = jpeg(40, 20, &exif);
        let kept = redraw(&sent, BOX).unwrap();
        assert!(sent.windows(7).any(|w| w == b"witness") && !kept.png.windows(7).any(|w| w == b"witness"));
        assert!(!kept.png.windows(4).any(|w| w == b"Exif" || w == b"eXIf" || w == b"tEXt" || w == b"iTXt"));
        assert_eq!((kept.width, kept.height), (20, 40));
        let large = redraw(&jpeg(2000, 100, b"II*\0"), BOX).unwrap();
        assert_eq!((large.width, large.height), (480, 24));
    }

    /// R24: a drawing becomes a picture; one with a script, or with anything that could fetch or run, is refused.
    #[test]
    fn a_drawing_with_a_script_is_refused_and_one_of_shapes_is_drawn() {
        let drawn = redraw(DRAWN.as_bytes(), BOX).unwrap();
        assert_eq!((drawn.width, drawn.height), (240, 240));
        assert_eq!(pixels(&drawn).get_pixel(120, 120).0, [255, 0, 0, 255]);
        let with = |inside: &str| redraw(DRAWN.replace("<title>", &format!("{inside}<title>")).as_bytes(), BOX);
        for active in [
            "<script>alert(1)</script>",
            "<script xmlns=''>alert(1)</script>",
            "<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'/></foreignObject>",
            "<image href='https://example.org/x.png'/>",
            "<image href='file:///etc/passwd'/>",
            "<g onload='alert(1)'/>",
            "<g ONCLICK='alert(1)'/>",
            "<a href='https://example.org'><rect width='1' height='1'/></a>",
            "<use href='#a'/>",
            "<filter id='a'/>",
            "<text>words</text>",
            "<animate attributeName='x'/>",
        ] {
            assert_eq!(with(active), Err(PictureFault::Active), "{active}");
        }
        assert!(with("<metadata><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/></metadata>").is_ok());
        let bomb = "<!DOCTYPE svg [<!ENTITY a 'aaaaaaaa'>]><svg xmlns='http://www.w3.org/2000/svg'><title>&a;</title></svg>";
        assert_eq!(redraw(bomb.as_bytes(), BOX), Err(PictureFault::Active));
    }

    #[test]
    fn what_is_no_picture_is_told_from_a_broken_one() {
        for (content, fault) in [
            (b"".as_slice(), PictureFault::Unknown),
            (b"GIF89a\x01\0", PictureFault::Unknown),
            (b"%PDF-1.7", PictureFault::Unknown),
            (b"<html><script>1</script></html>", PictureFault::Unknown),
            (b"<?xml version='1.0'?><feed/>", PictureFault::Unknown),
            (b"<svg", PictureFault::Broken),
            (b"\x89PNG\r\n\x1a\n and nothing", PictureFault::Broken),
            (b"\xff\xd8\xff\xe0 and nothing", PictureFault::Broken),
        ] {
            assert_eq!(redraw(content, BOX), Err(fault), "{content:?}");
        }
        // A head that promises 100,000 × 100,000 pixels.
        let mut huge = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(1, 1).write_to(&mut huge, ImageFormat::Png).unwrap();
        let mut huge = huge.into_inner();
        huge[16..24].copy_from_slice(&[0, 1, 0x86, 0xA0, 0, 1, 0x86, 0xA0]);
        assert!(matches!(redraw(&huge, BOX), Err(PictureFault::Large | PictureFault::Broken)));
        assert_eq!(redraw(&jpeg(6001, 1, b"II*\0"), BOX), Err(PictureFault::Large));
        let long = DRAWN.replace("A lamp", &"x".repeat(LARGEST_DRAWING));
        assert_eq!(redraw(long.as_bytes(), BOX), Err(PictureFault::Large));
    }
}
