# syntax=docker/dockerfile:1
# The simulator alone, from a checkout:
#   docker build --file deploy/simulator.Dockerfile --tag pluggy-simulator .
#   docker run --rm --publish 127.0.0.1:4000:4000 pluggy-simulator --seed 7 --speed instant
# Whoever reaches the port can drive it, so publish it to your own machine or network only.

FROM python:3.13-slim-bookworm AS build
WORKDIR /build
RUN python -m venv /opt/tomada
COPY requirements/run.txt requirements/run.txt
RUN /opt/tomada/bin/pip install --no-cache-dir --require-hashes --only-binary :all: \
      --requirement requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY src src
RUN /opt/tomada/bin/pip install --no-cache-dir --no-deps --no-build-isolation . \
 && /opt/tomada/bin/tomada simulate --help > /dev/null

FROM python:3.13-slim-bookworm
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent simulator
COPY --from=build /opt/tomada /opt/tomada
USER 10001:10001
WORKDIR /opt/tomada
ENV PYTHONUNBUFFERED=1
EXPOSE 4000
HEALTHCHECK --interval=5s --timeout=3s --start-period=10s CMD ["/opt/tomada/bin/python", "-c", \
      "import urllib.request as web; web.urlopen('http://127.0.0.1:4000/_simulator/clock', timeout=2)"]
ENTRYPOINT ["/opt/tomada/bin/tomada", "simulate", "--host", "0.0.0.0", "--allow-remote", "--port", "4000"]
