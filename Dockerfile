# Kept simple: no container engine builds this in CI. Try it with `docker compose up --build`.

FROM python:3.13-slim AS packages
COPY requirements.lock /
RUN python -m venv /packages \
    && /packages/bin/pip install --no-cache-dir --require-hashes --requirement /requirements.lock

FROM python:3.13-slim
LABEL org.opencontainers.image.title="Peer learning network" \
      org.opencontainers.image.licenses="MIT"
ENV PATH=/packages/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PLN_ENVIRONMENT=production \
    PLN_HOST=0.0.0.0
COPY --from=packages /packages /packages
WORKDIR /service
COPY migrations migrations
COPY openapi openapi
COPY app app
RUN python -m compileall -q app migrations
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
    CMD ["python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/healthz', timeout=2)"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["python", "-m", "app.command.cli"]
CMD ["serve"]
