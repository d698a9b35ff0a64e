//! A machine without certificates, such as a bare container, can still run the client.

use katok_client::{Client, RestApiKey};

use crate::alone::is_alone;

#[test]
fn a_client_can_be_built_where_the_system_has_no_certificates() {
    let empty = tempfile::tempdir().unwrap();
    let folder = empty.path().to_str().unwrap();
    let nowhere = [("SSL_CERT_FILE", "/nonexistent/certificates.pem"), ("SSL_CERT_DIR", folder)];
    if is_alone("trust::a_client_can_be_built_where_the_system_has_no_certificates", &nowhere) {
        reqwest::Client::builder().build().expect_err("the system has certificates: this test shows nothing");
        Client::builder(RestApiKey::new("REST_API_KEY")).build().unwrap();
    }
}
