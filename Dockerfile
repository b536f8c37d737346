# Builds the one binary and puts it alone into a small image that runs as nobody.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN cargo build --release --locked

FROM debian:bookworm-slim
RUN useradd --system --uid 10001 demarche
COPY --from=build /src/target/release/demarche /usr/local/bin/demarche
USER demarche
EXPOSE 8080
ENTRYPOINT ["demarche"]
CMD ["serve"]
