// Starts one emulator for the whole run.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

export default async function setup(project) {
  const data = await mkdtemp(join(tmpdir(), "katok-"));
  const katok = process.env.KATOK ?? "katok";
  const emulator = spawn(katok, ["--data", data, "emulator", "--port", "0", "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [line] = await once(createInterface(emulator.stdout), "line");
  project.provide("kakao", JSON.parse(line).emulator.replace(/\/$/, ""));
  return async () => {
    emulator.kill();
    await once(emulator, "exit");
  };
}
