"""The official OpenAI client against the platform, unchanged: every call must work as its documentation says."""

import openai

client = openai.OpenAI()

models = [model.id for model in client.models.list()]
assert "demo-fast" in models, models

plain = client.completions.create(model="demo-fast", prompt="The President", max_tokens=12, seed=3)
assert plain.choices[0].text, plain
assert plain.usage.completion_tokens == 12 or plain.choices[0].finish_reason == "stop", plain
again = client.completions.create(model="demo-fast", prompt="The President", max_tokens=12, seed=3)
assert again.choices[0].text == plain.choices[0].text

pieces = []
usage = None
for chunk in client.completions.create(
    model="demo-fast", prompt="The President", max_tokens=12, seed=3, stream=True,
    stream_options={"include_usage": True},
):
    if chunk.choices:
        pieces.append(chunk.choices[0].text)
    usage = chunk.usage or usage
assert "".join(pieces) == plain.choices[0].text, (pieces, plain)
assert usage.completion_tokens == plain.usage.completion_tokens, usage

batch = client.completions.create(
    model="demo-fast", prompt=["The President", "Call me"], n=2, max_tokens=6, seed=5, logprobs=2, echo=True
)
assert [choice.index for choice in batch.choices] == [0, 1, 2, 3]
assert batch.choices[0].text.startswith("The President")
logprobs = batch.choices[0].logprobs
assert logprobs.token_logprobs[0] is None and all(value <= 0 for value in logprobs.token_logprobs[1:])
assert all(len(top) <= 2 for top in logprobs.top_logprobs[1:])

chat = client.chat.completions.create(
    model="demo-fast", messages=[{"role": "user", "content": "Who are you?"}], max_tokens=8, logprobs=True, top_logprobs=2
)
assert chat.choices[0].message.role == "assistant"
streamed = [
    chunk.choices[0].delta.content or ""
    for chunk in client.chat.completions.create(
        model="demo-fast", messages=[{"role": "user", "content": "Hello"}], max_tokens=8, stream=True
    )
    if chunk.choices
]
assert streamed

try:
    client.completions.create(model="nobody", prompt="x")
    raise AssertionError("an unknown model was served")
except openai.NotFoundError as error:
    assert error.code == "model_not_found", error
try:
    client.completions.create(model="demo-fast", prompt="x", temperature=9)
    raise AssertionError("a temperature of 9 was taken")
except openai.BadRequestError as error:
    assert error.param == "temperature", error
try:
    openai.OpenAI(api_key="tnl_wrong").models.list()
    raise AssertionError("a wrong key was taken")
except openai.AuthenticationError:
    pass
print("ok")
