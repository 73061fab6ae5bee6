# A static binary on an empty image: no shell, no package manager, one writable
# volume. Time zones are inside the binary.
#
#   docker build -t armswatch --build-arg VERSION=1.0.0 .
#   docker run --rm armswatch demo
#   docker run -d --name armswatch -v /srv/armswatch:/data armswatch
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
ARG VERSION=dev
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w -X main.version=${VERSION}" -o /out/armswatch ./cmd/armswatch \
 && mkdir -p /out/data /out/etc/ssl/certs \
 && cp /etc/ssl/certs/ca-certificates.crt /out/etc/ssl/certs/ \
 && echo 'armswatch:x:65532:65532::/data:/armswatch' > /out/etc/passwd

FROM scratch
COPY --from=build /out/etc /etc
COPY --from=build /out/armswatch /armswatch
COPY --from=build --chown=65532:65532 /out/data /data
# SQLite's scratch files go where it may write.
ENV SQLITE_TMPDIR=/data TMPDIR=/data
USER 65532:65532
WORKDIR /data
VOLUME /data
# The config, /data/armswatch.yaml, is found in the working folder.
ENTRYPOINT ["/armswatch"]
CMD ["run"]
