"""The `openai` SDK for Python against the built Worker. LLMPROXY_URL and LLMPROXY_BROKEN_URL say where it runs."""

import asyncio
import os
import unittest

import openai
from openai import AsyncOpenAI, OpenAI

URL = os.environ["LLMPROXY_URL"]
BROKEN_URL = os.environ["LLMPROXY_BROKEN_URL"]
MODELS = {"gemini": "gemini-2.5-flash", "openai": "gpt-4o-mini", "groq": "openai/gpt-oss-120b"}
MESSAGES = [{"role": "user", "content": "Hi 你好"}]


def client_at(path, url=URL, **options):
    return OpenAI(base_url=url + path, api_key="demo", max_retries=0, **options)


class Chat(unittest.TestCase):
    def check(self, supplier, text):
        self.assertIn(f"hello from the demo {supplier}", text.lower())
        self.assertIn("你好", text)

    def test_create(self):
        for supplier, model in MODELS.items():
            reply = client_at(f"/v2/{supplier}").chat.completions.create(model=model, messages=MESSAGES)
            self.check(supplier, reply.choices[0].message.content)
            self.assertEqual(reply.choices[0].finish_reason, "stop")
            self.assertGreater(reply.usage.total_tokens, 0)

    def test_stream(self):
        for supplier, model in MODELS.items():
            stream = client_at(f"/v2/{supplier}").chat.completions.create(
                model=model, messages=MESSAGES, stream=True, stream_options={"include_usage": True}
            )
            chunks = list(stream)
            self.check(supplier, "".join(c.choices[0].delta.content or "" for c in chunks if c.choices))
            self.assertIsNotNone(chunks[-1].usage)

    def test_stream_helper(self):
        for supplier, model in MODELS.items():
            with client_at(f"/v2/{supplier}").chat.completions.stream(model=model, messages=MESSAGES) as stream:
                for _ in stream:
                    pass
                self.check(supplier, stream.get_final_completion().choices[0].message.content)

    def test_async(self):
        async def ask():
            async with AsyncOpenAI(base_url=URL + "/v2/gemini", api_key="demo", max_retries=0) as client:
                reply = await client.chat.completions.create(model=MODELS["gemini"], messages=MESSAGES)
                text = ""
                stream = await client.chat.completions.create(model=MODELS["gemini"], messages=MESSAGES, stream=True)
                async for chunk in stream:
                    text += chunk.choices[0].delta.content or ""
                return reply.choices[0].message.content, text

        for text in asyncio.run(ask()):
            self.check("gemini", text)


class OriginalSnippets(unittest.TestCase):
    """As the README of the original llmproxy has them, but for base URL and key."""

    def test_v1(self):
        client = OpenAI(api_key="demo", base_url=URL + "/v1")
        for supplier, model in MODELS.items():
            response = client.chat.completions.create(
                model=model,
                extra_headers={"supplier": supplier},
                messages=[{"role": "user", "content": "Hi 你好"}],
            )
            self.assertIn(f"demo {supplier}", response.choices[0].message.content.lower())

    def test_v2_gemini(self):
        client = OpenAI(api_key="demo", base_url=URL + "/v2/gemini")
        response = client.chat.completions.create(
            model="gemini-1.5-flash",
            messages=[{"role": "user", "content": "Hi 你好"}],
            temperature=0.3,
            top_p=1,
            max_tokens=1024,
            top_logprobs=32,
        )
        self.assertIn("demo Gemini", response.choices[0].message.content)


class Errors(unittest.TestCase):
    def test_statuses(self):
        client = client_at("/v2/gemini", BROKEN_URL)
        for status, kind in {
            400: openai.BadRequestError,
            401: openai.AuthenticationError,
            403: openai.PermissionDeniedError,
            404: openai.NotFoundError,
            429: openai.RateLimitError,
            503: openai.InternalServerError,
        }.items():
            for stream in (False, True):
                with self.assertRaises(kind) as raised:
                    client.chat.completions.create(model=f"gemini-test-{status}", messages=MESSAGES, stream=stream)
                self.assertEqual(raised.exception.status_code, status)

    def test_broken_stream(self):
        client = client_at("/v2/gemini", BROKEN_URL)
        text = ""
        with self.assertRaises(openai.APIError):
            for chunk in client.chat.completions.create(model="gemini-test-200", messages=MESSAGES, stream=True):
                text += chunk.choices[0].delta.content or ""
        self.assertEqual(text, "Once")

    def test_unknown_supplier(self):
        with self.assertRaises(openai.BadRequestError) as raised:
            client_at("/v1", default_headers={"supplier": "nobody"}).chat.completions.create(model="m", messages=MESSAGES)
        self.assertEqual(raised.exception.code, "unknown_supplier")


if __name__ == "__main__":
    unittest.main()
