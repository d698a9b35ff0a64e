import { defineConfig } from "vitest/config";

// One emulator for all files, so they take turns; give each file an emulator of its own if that is too slow.
export default defineConfig({ test: { globalSetup: "./emulator.js", fileParallelism: false } });
