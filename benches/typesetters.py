"""Typesets the letters of a folder with another program, and prints the seconds it took and the most memory it held, as JSON.

    typesetters.py weasyprint FOLDER      every *.html, in this one process, once it has set one of them
    typesetters.py libreoffice FOLDER     every *.docx, in one batch, once it has made its own folders

Read by the benchmark `letters`; the fonts are those that FONTCONFIG_FILE names.
"""

import json
import pathlib
import resource
import subprocess
import sys
import time

engine, folder = sys.argv[1], pathlib.Path(sys.argv[2])


def with_weasyprint():
    import weasyprint
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    style = weasyprint.CSS(filename=str(folder / "letter.css"), font_config=fonts)
    letters = sorted(folder.glob("*.html"))

    def typeset(letter):
        document = weasyprint.HTML(filename=str(letter))
        document.write_pdf(str(letter.with_suffix(".weasyprint.pdf")), stylesheets=[style], font_config=fonts, pdf_variant="pdf/ua-1")

    typeset(letters[0])
    started = time.monotonic()
    for letter in letters:
        typeset(letter)
    return len(letters), time.monotonic() - started, resource.RUSAGE_SELF


def with_libreoffice():
    out = folder / "libreoffice"
    letters = sorted(folder.glob("*.docx"))

    def typeset(which):
        profile = "-env:UserInstallation=" + (folder / "profile").as_uri()
        form = 'pdf:writer_pdf_Export:{"PDFUACompliance":{"type":"boolean","value":"true"}}'
        command = ["soffice", "--headless", profile, "--convert-to", form, "--outdir", str(out)]
        subprocess.run(command + [str(letter) for letter in which], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    typeset(letters[:1])
    started = time.monotonic()
    typeset(letters)
    return len(letters), time.monotonic() - started, resource.RUSAGE_CHILDREN


count, seconds, who = {"weasyprint": with_weasyprint, "libreoffice": with_libreoffice}[engine]()
made = len(list(folder.glob("*.weasyprint.pdf" if engine == "weasyprint" else "libreoffice/*.pdf")))
if made != count:
    sys.exit(f"{made} of {count} letters were typeset")
print(json.dumps({"seconds": seconds, "megabytes": resource.getrusage(who).ru_maxrss // 1000}))
