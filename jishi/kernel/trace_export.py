"""Sending spans to a collector by OTLP over HTTP; loaded only where one is configured."""

from typing import Any

from opentelemetry.context import Context
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ParentBased, TraceIdRatioBased
from opentelemetry.trace import (
    NonRecordingSpan,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from jishi.kernel.trace import CALL, JOB, WEB, Place, Span

SEND_EVERY_MS = 1_000
KINDS = {WEB: SpanKind.SERVER, JOB: SpanKind.CONSUMER, CALL: SpanKind.CLIENT}


class OtlpExporter:
    """Turns our spans into OpenTelemetry's and sends them from a thread of its own; what cannot be sent is lost."""

    def __init__(self, url: str, *, process: str, share: float) -> None:
        """Send to the collector at `url` the given share (0 to 1) of all traces that begin here."""
        provider = TracerProvider(
            resource=Resource.create({"service.namespace": "jishi", "service.name": f"jishi-{process}"}),
            sampler=ParentBased(TraceIdRatioBased(share)),
        )
        exporter = OTLPSpanExporter(endpoint=f"{url.rstrip('/')}/v1/traces")
        provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=SEND_EVERY_MS))
        self._tracer = provider.get_tracer("jishi")

    def begin(self, span: Span, above: Place | None) -> tuple[Place, Any]:
        """Start the span below `above`, which decides whether it is sampled, or at the top of a new trace."""
        begun = self._tracer.start_span(span.what, context=_context(above), kind=KINDS[span.kind])
        found = begun.get_span_context()
        place = Place(f"{found.trace_id:032x}", f"{found.span_id:016x}", found.trace_flags.sampled)
        return place, begun

    def end(self, span: Span, begun: Any, error: str | None) -> None:
        """Finish the span; of an error only its kind is told, its words may speak of people."""
        if begun.is_recording():
            begun.update_name(span.what)
            begun.set_attributes(span.attributes)
            if span.statements:
                begun.set_attribute("jishi.sql.statements", span.statements)
                begun.set_attribute("jishi.sql.seconds", round(span.sql_seconds, 6))
            if error:
                begun.set_attribute("error.type", error)
                begun.set_status(Status(StatusCode.ERROR))
        begun.end()


def _context(above: Place | None) -> Context:
    if above is None:
        return Context()
    place = SpanContext(
        int(above.trace_id, 16),
        int(above.span_id, 16),
        is_remote=True,
        trace_flags=TraceFlags(TraceFlags.SAMPLED if above.is_sampled else TraceFlags.DEFAULT),
    )
    return set_span_in_context(NonRecordingSpan(place), Context())
