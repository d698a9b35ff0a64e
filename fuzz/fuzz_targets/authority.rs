//! The name a request is sent to, made up by the fuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| katok_emulator::fuzz::authority(data));
