import js from "@eslint/js";
import globals from "globals";
import sonarjs from "eslint-plugin-sonarjs";

const worker = {
  ...globals.serviceworker,
  FixedLengthStream: "readonly",
  IdentityTransformStream: "readonly",
};

export default [
  { ignores: ["build/", "dist/", "node_modules/", ".wrangler/"] },
  js.configs.recommended,
  {
    plugins: { sonarjs },
    rules: {
      // No code twice.
      "no-dupe-else-if": "error",
      "no-duplicate-imports": "error",
      "sonarjs/no-all-duplicated-branches": "error",
      "sonarjs/no-duplicated-branches": "error",
      "sonarjs/no-identical-conditions": "error",
      "sonarjs/no-identical-functions": "error",
      eqeqeq: "error",
      "no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "no-var": "error",
      "prefer-const": "error",
    },
  },
  { files: ["shim/**", "tests/bench/contenders/**"], languageOptions: { globals: worker } },
  { files: ["scripts/**", "tests/**", "eslint.config.js"], languageOptions: { globals: globals.node } },
];
