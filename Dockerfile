# Two images: `web` serves pages and the API and has no TensorFlow; `worker` reads and trains.

FROM python:3.11-slim-bookworm AS base
ENV PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 PIP_NO_CACHE_DIR=1 \
    PIP_DISABLE_PIP_VERSION_CHECK=1 DATA_DIR=/data KERAS_HOME=/data/keras
RUN useradd --uid 10001 --create-home cifra && install --directory --owner cifra /data
WORKDIR /app


FROM base AS web
COPY requirements/web.txt requirements/
RUN pip install --require-hashes --requirement requirements/web.txt
COPY wsgi.py ./
COPY migrations migrations
COPY webapp webapp
USER cifra
EXPOSE 8000
CMD ["gunicorn", "wsgi:app", "--bind", "0.0.0.0:8000", "--worker-class", "webapp.platform.server.worker.WebWorker", "--threads", "36", "--no-control-socket"]


FROM base AS worker-packages
COPY requirements/worker.txt requirements/
COPY scripts/install_worker_packages.sh scripts/
RUN sh scripts/install_worker_packages.sh requirements/worker.txt /packages


FROM base AS worker
COPY --from=worker-packages /packages /usr/local
COPY wsgi.py ./
COPY migrations migrations
COPY models models
COPY webapp webapp
COPY worker worker
ENV TF_CPP_MIN_LOG_LEVEL=2
USER cifra
CMD ["celery", "--app", "worker.celery_app", "worker", "--queues", "predictions", "--pool", "solo"]
