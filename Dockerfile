# One image for every service: `docker build --tag ideenkanal .`; the command says which service a container is.

FROM python:3.11-slim-bookworm AS build
WORKDIR /build
# The lock names the tools of development as well. So its files, each checked by its hash, only fill a folder; that
# folder is then the one source from which the program and what it needs are installed, and the tools stay behind.
COPY requirements.lock ./
RUN pip download --quiet --no-cache-dir --require-hashes --no-deps --requirement requirements.lock --dest /wheels
RUN python -m venv --without-pip /opt/ideenkanal
COPY pyproject.toml README.md LICENSE ./
COPY nlp nlp
COPY services services
RUN pip --python /opt/ideenkanal/bin/python install --quiet --no-cache-dir --no-index --find-links /wheels .

FROM python:3.11-slim-bookworm
RUN groupadd --gid 10001 ideenkanal \
 && useradd --uid 10001 --gid 10001 --no-create-home --home-dir /data --shell /usr/sbin/nologin ideenkanal \
 && install --directory --owner 10001 --group 10001 --mode 0700 /data
COPY --from=build /opt/ideenkanal /opt/ideenkanal
COPY config /etc/ideenkanal
ENV PATH=/opt/ideenkanal/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    IDEENKANAL_CONFIG=/etc/ideenkanal \
    IDEENKANAL_STORAGE_DATA_DIR=/data \
    IDEENKANAL_EMAIL_HOST=0.0.0.0 \
    IDEENKANAL_WEB_HOST=0.0.0.0
USER 10001:10001
WORKDIR /data
VOLUME /data
EXPOSE 8025 8080
# The model takes a few seconds to load; mail is taken before that.
HEALTHCHECK --interval=30s --timeout=10s --start-period=60s CMD ["ideenkanal", "healthcheck"]
ENTRYPOINT ["ideenkanal"]
CMD ["run"]
