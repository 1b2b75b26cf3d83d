using DurableChat.Providers.Tests.Cases;
using Xunit;

namespace DurableChat.Providers.Tests.Chat;

public sealed class ReplayTests
{
    /// <summary>Deltas, and what is kept of the answer; null if its parts say all.</summary>
    public static TheoryData<string, ChatFlavour, string[], string?> Answers => new()
    {
        { "text", ChatFlavour.Generic, ["""{"content":"Hi."}"""], null },
        { "a call", ChatFlavour.Generic, ["""{"tool_calls":[{"id":"a","function":{"name":"t","arguments":"{ }"}}]}"""],
            null },
        { "thought alone", ChatFlavour.Generic, ["""{"reasoning":"Hm."}"""], null },
        { "thought", ChatFlavour.Generic,
            ["""{"reasoning":"H"}""", """{"reasoning":"m."}""", """{"content":"H"}""", """{"content":"i."}"""],
            """{"role":"assistant","content":"Hi.","reasoning":"Hm."}""" },
        { "thought of old", ChatFlavour.Vllm, ["""{"reasoning_content":"Hm."}""", """{"content":"Hi."}"""],
            """{"role":"assistant","content":"Hi.","reasoning_content":"Hm."}""" },
        { "both names", ChatFlavour.Generic,
            ["""{"reasoning":"Hm.","reasoning_content":"Hm."}""", """{"content":"Hi."}"""],
            """{"role":"assistant","content":"Hi.","reasoning_content":"Hm.","reasoning":"Hm."}""" },
        { "both names, one wanted", ChatFlavour.Ollama,
            ["""{"reasoning":"Hm.","reasoning_content":"Hm."}""", """{"content":"Hi."}"""],
            """{"role":"assistant","content":"Hi.","reasoning":"Hm."}""" },
        { "another name than wanted", ChatFlavour.DeepSeek, ["""{"reasoning":"Hm."}""", """{"content":"Hi."}"""],
            """{"role":"assistant","content":"Hi.","reasoning_content":"Hm."}""" },
        { "a call with white space", ChatFlavour.Generic,
            ["""{"reasoning":"Hm."}""",
            """{"tool_calls":[{"id":"a","function":{"name":"t","arguments":"{ \"é\":\t1}\n"}}]}"""],
            """{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"t","arguments":"{ \"é\":\t1}\n"}}],"reasoning":"Hm."}""" },
        { "a call without arguments", ChatFlavour.Generic,
            ["""{"reasoning":"Hm."}""", """{"tool_calls":[{"id":"a","function":{"name":"t","arguments":""}}]}"""],
            """{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"t","arguments":"{}"}}],"reasoning":"Hm."}""" },
        { "a signed call, in pieces", ChatFlavour.Gemini,
            ["""{"tool_calls":[{"index":0,"id":"a","function":{"name":"t","arguments":"{"},"extra_content":{"google":{"thought_signature":"c2ln+/=="}}}]}""", """{"tool_calls":[{"index":0,"function":{"arguments":"}"},"extra_content":{"x":1}}]}"""], """{"role":"assistant","content":null,"tool_calls":[{"id":"a","type":"function","function":{"name":"t","arguments":"{}"},"extra_content":{"google":{"thought_signature":"c2ln+/=="},"x":1}}]}""" },
        { "a signed text", ChatFlavour.Generic,
            ["""{"content":"Hi."}""",
            """{"content":"","extra_content":{"google":{"thought_signature":"VGV4dA=="}}}"""],
            """{"role":"assistant","content":"Hi.","extra_content":{"google":{"thought_signature":"VGV4dA=="}}}""" },
        { "marked thought", ChatFlavour.Gemini,
            ["""{"content":"<thought>Hm.","extra_content":{"google":{"thought":true}}}""",
            """{"content":"</thought>Hi."}""", """{"extra_content":{"google":{"thought_signature":"VA=="}}}"""],
            """{"role":"assistant","content":"Hi.","extra_content":{"google":{"thought_signature":"VA=="}}}""" },
        { "blocks", ChatFlavour.Mistral,
            ["""{"content":[{"type":"thinking","thinking":[{"type":"text","text":"H"}]}]}""",
            """{"content":[{"type":"thinking","thinking":[{"type":"text","text":"m."}],"closed":true}]}""",
            """{"content":"H"}""", """{"content":"i."}"""],
            """{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm."}],"closed":true},{"type":"text","text":"Hi."}]}""" },
        { "blocks and a call", ChatFlavour.Mistral,
            ["""{"content":[{"type":"thinking","thinking":"Hm."}]}""",
            """{"tool_calls":[{"id":"abcdefghi","function":{"name":"t","arguments":"{}"}}]}"""],
            """{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"Hm."}]}],"tool_calls":[{"id":"abcdefghi","type":"function","function":{"name":"t","arguments":"{}"}}]}""" },
        { "details", ChatFlavour.OpenRouter,
            ["""{"reasoning":"a","reasoning_details":[{"type":"reasoning.text","text":"a","signature":null,"index":0,"x":1.0}]}""", """{"reasoning_details":[{"type":"reasoning.text","text":"b","index":0}]}""", """{"reasoning_details":[{"type":"reasoning.text","text":"","signature":"s","index":0}]}""", """{"content":"Hi."}"""], """{"role":"assistant","content":"Hi.","reasoning_details":[{"type":"reasoning.text","text":"ab","signature":"s","index":0,"x":1.0}]}""" },
        { "details of one index and two types", ChatFlavour.OpenRouter,
            ["""{"reasoning_details":[{"type":"reasoning.summary","summary":"a","index":0}]}""",
            """{"reasoning_details":[{"type":"reasoning.summary","summary":"b","index":0},{"type":"reasoning.encrypted","data":"d","id":"rs_1","index":0}]}""", """{"content":"Hi."}"""], """{"role":"assistant","content":"Hi.","reasoning_details":[{"type":"reasoning.summary","summary":"ab","index":0},{"type":"reasoning.encrypted","data":"d","id":"rs_1","index":0}]}""" },
        { "details, encrypted twice", ChatFlavour.OpenRouter,
            ["""{"reasoning_details":[{"type":"reasoning.encrypted","data":"d","index":0}]}""",
            """{"reasoning_details":[{"type":"reasoning.encrypted","data":"e","index":0}]}""",
            """{"content":"Hi."}"""],
            """{"role":"assistant","content":"Hi.","reasoning_details":[{"type":"reasoning.encrypted","data":"d","index":0},{"type":"reasoning.encrypted","data":"e","index":0}]}""" },
        { "details without index", ChatFlavour.OpenRouter,
            ["""{"reasoning_details":[{"type":"reasoning.text","text":"a"}]}""",
            """{"reasoning_details":[{"type":"reasoning.text","text":"b","signature":"s"}]}""",
            """{"reasoning_details":[{"type":"reasoning.text","text":"c"}]}""", """{"content":"Hi."}"""],
            """{"role":"assistant","content":"Hi.","reasoning_details":[{"type":"reasoning.text","text":"ab","signature":"s"},{"type":"reasoning.text","text":"c"}]}""" },
        { "details without index, of two types", ChatFlavour.OpenRouter,
            ["""{"reasoning_details":[{"type":"reasoning.summary","summary":"a"}]}""",
            """{"reasoning_details":[{"type":"reasoning.text","text":"b"}]}""", """{"content":"Hi."}"""],
            """{"role":"assistant","content":"Hi.","reasoning_details":[{"type":"reasoning.summary","summary":"a"},{"type":"reasoning.text","text":"b"}]}""" },
        { "details in another order than their indexes", ChatFlavour.OpenRouter,
            ["""{"reasoning_details":[{"type":"reasoning.text","text":"a","index":1}]}""",
            """{"reasoning_details":[{"type":"reasoning.text","text":"b","index":0}]}""", """{"content":"Hi."}"""],
            """{"role":"assistant","content":"Hi.","reasoning_details":[{"type":"reasoning.text","text":"a","index":1},{"type":"reasoning.text","text":"b","index":0}]}""" },
        { "blocks of LiteLLM", ChatFlavour.Generic,
            ["""{"reasoning_content":"a","thinking_blocks":[{"type":"thinking","thinking":"a","signature":null}]}""",
            """{"reasoning_content":"","thinking_blocks":[{"type":"thinking","thinking":"","signature":"s"}]}""",
            """{"content":"Hi."}"""],
            """{"role":"assistant","content":"Hi.","thinking_blocks":[{"type":"thinking","thinking":"a","signature":"s"}]}""" },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task What_the_parts_do_not_carry_is_kept(string what, ChatFlavour flavour, string[] deltas,
        string? expected)
    {
        Assert.NotEmpty(what);
        var options = new ProviderOptions { Wire = ProviderWire.Chat, Model = "m", Flavour = flavour, Key = "k" };
        var outcome = await Chunks.ReadAsync(options,
            Chunks.Events([.. deltas.Select(delta => Chunks.Delta(delta)), Chunks.Delta("{}", "stop")]));
        Assert.Null(outcome.Failure);
        Assert.Equal(expected, outcome.End!.Replay?.Items.Single());
        if (outcome.End.Replay is not { } replay)
        {
            return;
        }

        Assert.Equal(("openai.chat", "provider.test", "m"), (replay.Wire, replay.Provider, replay.Model));
        Assert.NotEmpty(replay.Account);

        // It goes back byte for byte, and only to the one who sent it.
        var script = new Script(() => Chunks.Ok(Chunks.Events([Chunks.Delta("""{"content":"Hi."}""", "stop")])));
        var next =
            Chunks.Question with
            {
                Prompt = [.. Chunks.Question.Prompt,
            new Models.AssistantItem(outcome.ToMessage())]
            };
        await Outcome.ReadAsync(Chunks.Model(options, script), next);
        Assert.Contains(expected!, script.Bodies[^1], StringComparison.Ordinal);
        foreach (var other in (ProviderOptions[])[options with { Model = "n" }, options with { Key = "l" },
            options with { Endpoint = new Uri("http://other.test/v1") }])
        {
            await Outcome.ReadAsync(Chunks.Model(other, script), next);
            Assert.DoesNotContain(expected!, script.Bodies[^1], StringComparison.Ordinal);
        }

        await Outcome.ReadAsync(Chunks.Model(options, script), next with { OmitsReplay = true });
        Assert.DoesNotContain(expected!, script.Bodies[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Text_with_think_tags_goes_back_with_them()
    {
        var options = new ProviderOptions { Wire = ProviderWire.Chat, Model = "m", ParsesThinkTags = true };
        var outcome = await Chunks.ReadAsync(options,
            Chunks.Events([Chunks.Delta("""{"content":"<think>\nHm.</think>\n\nHi."}""", "stop")]));
        Assert.Equal("""{"role":"assistant","content":"<think>\nHm.</think>\n\nHi."}""",
            outcome.End!.Replay!.Items.Single());
    }
}
