//! Traces of requests for an OTLP collector, when `OTEL_EXPORTER_OTLP_ENDPOINT` names one.

#[cfg(feature = "otel")]
pub(crate) use with_otel::Traces;
#[cfg(not(feature = "otel"))]
pub(crate) use without_otel::Traces;

#[cfg(feature = "otel")]
mod with_otel {
    use opentelemetry::trace::TracerProvider as _;
    use opentelemetry_otlp::SpanExporter;
    use opentelemetry_sdk::Resource;
    use opentelemetry_sdk::trace::SdkTracerProvider;
    use tracing::{Level, Subscriber};
    use tracing_subscriber::Layer;
    use tracing_subscriber::filter::Targets;
    use tracing_subscriber::registry::LookupSpan;

    use crate::failure::Failure;

    /// What is still to be sent, until the end; by default nothing.
    #[derive(Default)]
    pub(crate) struct Traces(Option<SdkTracerProvider>);

    impl Traces {
        /// By the variables of OpenTelemetry, which are its own: a standard's names, not ours.
        pub(crate) fn of_environment() -> Result<Self, Failure> {
            let endpoint = std::env::var("OTEL_EXPORTER_OTLP_ENDPOINT").unwrap_or_default();
            if endpoint.trim().is_empty() {
                return Ok(Self(None));
            }
            let exporter = SpanExporter::builder().with_http().build().map_err(|error| {
                Failure::usage(
                    format!("OTEL_EXPORTER_OTLP_ENDPOINT로 추적을 보낼 수 없습니다({error}). 예: http://localhost:4318"),
                    format!("No traces can be sent to OTEL_EXPORTER_OTLP_ENDPOINT ({error}). Example: http://localhost:4318"),
                )
            })?;
            let name = std::env::var("OTEL_SERVICE_NAME").unwrap_or_else(|_| "katok".to_owned());
            let resource = Resource::builder().with_service_name(name).build();
            let provider = SdkTracerProvider::builder().with_batch_exporter(exporter).with_resource(resource);
            Ok(Self(Some(provider.build())))
        }

        /// Our own spans only: a library's may hold whole addresses.
        pub(crate) fn layer<S: Subscriber + for<'a> LookupSpan<'a>>(&self) -> Option<impl Layer<S> + use<S>> {
            let tracer = self.0.as_ref()?.tracer("katok");
            let ours = Targets::new()
                .with_target("katok_gateway", Level::INFO)
                .with_target("katok_client", Level::DEBUG);
            Some(tracing_opentelemetry::layer().with_tracer(tracer).with_location(false).with_filter(ours))
        }

        /// Sends what is left.
        pub(crate) async fn finish(self) {
            let Some(provider) = self.0 else { return };
            // It waits for a thread of its own, which a runtime must not do.
            match tokio::task::spawn_blocking(move || provider.shutdown()).await {
                Ok(Ok(())) => {}
                Ok(Err(error)) => tracing::warn!(%error, "traces.not_sent"),
                Err(error) => tracing::warn!(%error, "traces.not_sent"),
            }
        }
    }
}

#[cfg(not(feature = "otel"))]
mod without_otel {
    use tracing::Subscriber;
    use tracing_subscriber::Layer;
    use tracing_subscriber::layer::Identity;

    use crate::failure::Failure;

    /// Nothing: this program was built without the feature `otel`.
    #[derive(Default)]
    pub(crate) struct Traces;

    impl Traces {
        #[expect(clippy::unnecessary_wraps, reason = "with the feature it can fail")]
        pub(crate) fn of_environment() -> Result<Self, Failure> {
            Ok(Self)
        }

        pub(crate) fn layer<S: Subscriber>(&self) -> Option<impl Layer<S> + use<S>> {
            None::<Identity>
        }

        #[expect(clippy::unused_async, reason = "with the feature it waits")]
        pub(crate) async fn finish(self) {}
    }
}
