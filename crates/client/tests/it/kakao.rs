//! A server that does whatever a test tells it to, also what no HTTP library would let it.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use katok_client::{Client, ClientBuilder, ClientSecret, RestApiKey};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use url::Url;

/// One request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    pub(crate) head: String,
    pub(crate) body: String,
}

impl Received {
    pub(crate) fn is(&self, line: &str) -> bool {
        self.head.starts_with(line)
    }

    /// A form field.
    pub(crate) fn form(&self, name: &str) -> String {
        let mut fields = url::form_urlencoded::parse(self.body.as_bytes());
        fields.find(|(field, _)| field == name).expect(name).1.into_owned()
    }
}

/// What to do with a request.
pub(crate) enum Answer {
    /// A well-formed reply; the connection stays open.
    Json(u16, Value),
    /// A well-formed reply of any type.
    Page(u16, &'static str, String),
    /// These bytes, whatever they are, and the connection ends.
    Bytes(Vec<u8>),
    /// A reply that begins and then comes byte by byte, without end.
    Drip,
    /// A reply that comes as fast as it can, without end.
    Flood,
    /// Nothing, on an open connection.
    Silence,
    /// The other answer, once somebody gives leave.
    After(Arc<Notify>, Box<Answer>),
}

pub(crate) struct Kakao {
    address: SocketAddr,
    received: Arc<Mutex<Vec<Received>>>,
}

impl Kakao {
    pub(crate) async fn start(answer: impl Fn(&Received) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let received = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (received.clone(), Arc::new(answer));
        tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                tokio::spawn(serve(connection, log.clone(), answer.clone()));
            }
        });
        Self { address, received }
    }

    pub(crate) fn url(&self) -> Url {
        Url::parse(&format!("http://{}", self.address)).unwrap()
    }

    /// A client that takes this server for both of Kakao's hosts.
    pub(crate) fn client(&self) -> Client {
        client_at(&self.url()).build().unwrap()
    }

    pub(crate) fn received(&self) -> Vec<Received> {
        self.received.lock().unwrap().clone()
    }

    /// How many requests began with this line.
    pub(crate) fn count(&self, line: &str) -> usize {
        self.received().iter().filter(|request| request.is(line)).count()
    }
}

pub(crate) fn client_at(url: &Url) -> ClientBuilder {
    Client::builder(RestApiKey::new("REST_API_KEY"))
        .client_secret(ClientSecret::new("CLIENT_SECRET"))
        .auth_base_url(url.clone())
        .api_base_url(url.clone())
}

async fn serve(
    mut connection: TcpStream,
    log: Arc<Mutex<Vec<Received>>>,
    answer: Arc<impl Fn(&Received) -> Answer>,
) {
    while let Some(request) = read(&mut connection).await {
        log.lock().unwrap().push(request.clone());
        let mut doing = answer(&request);
        while let Answer::After(leave, then) = doing {
            leave.notified().await;
            doing = *then;
        }
        let bytes = match doing {
            Answer::Json(status, body) => reply(status, "application/json;charset=UTF-8", &body.to_string()),
            Answer::Page(status, content_type, body) => reply(status, content_type, &body),
            Answer::Bytes(bytes) => {
                let _ = connection.write_all(&bytes).await;
                return;
            }
            Answer::Drip => return pour(connection, b" ", Duration::from_millis(20)).await,
            Answer::Flood => return pour(connection, &[b' '; 16 * 1024], Duration::ZERO).await,
            Answer::Silence => return std::future::pending().await,
            Answer::After(..) => unreachable!("unwrapped above"),
        };
        let _ = connection.write_all(&bytes).await;
    }
}

fn reply(status: u16, content_type: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status} X\r\ncontent-type: {content_type}\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

/// Writes the same piece until the other side has had enough.
async fn pour(mut connection: TcpStream, piece: &[u8], pause: Duration) {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n";
    let mut open = connection.write_all(head.as_bytes()).await;
    while open.is_ok() {
        tokio::time::sleep(pause).await;
        open = connection.write_all(piece).await;
    }
}

async fn read(connection: &mut TcpStream) -> Option<Received> {
    let mut bytes = Vec::new();
    let head_end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end + 4;
        }
        if connection.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    };
    let head = String::from_utf8(bytes[..head_end].to_vec()).unwrap();
    let length = head
        .lines()
        .find_map(|line| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse::<usize>().ok())
        .unwrap_or(0);
    while bytes.len() < head_end + length {
        if connection.read_buf(&mut bytes).await.ok()? == 0 {
            return None;
        }
    }
    Some(Received { head, body: String::from_utf8(bytes[head_end..].to_vec()).unwrap() })
}
