//! What is sent as an ID token, made up by the fuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| katok_emulator::fuzz::id_token(data));
