using System.Net.Http.Json;
using DurableChat.Browser.Tests.Support;
using DurableChat.Chats;
using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests;

/// <summary>Words that would like to be more than words.</summary>
public sealed class SafetyTests(Chromium chromium, SharedServer shared)
{
    private static readonly string[] _attacks =
    [
        "<script>window.hacked = 1</script>",
        "<img src=x onerror=\"window.hacked = 2\">",
        "<svg onload=\"window.hacked = 3\"><a href=\"javascript:window.hacked=4\">x</a></svg>",
        "[click](javascript:window.hacked=5) <a href=\"JAVASCRIPT:window.hacked=6\">me</a>",
        "<iframe srcdoc=\"<script>parent.hacked = 7</script>\"></iframe>",
        "<details open ontoggle=\"window.hacked = 8\">x</details>",
        "<form action=\"/\"><button formaction=\"javascript:window.hacked=9\">go</button></form>",
        "```html\n<script>window.hacked = 10</script>\n```",
        "[data](data:text/html,<script>window.hacked=11</script>) <a href=\"data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==\">me</a> [v](vbscript:x)",
        "![x\" onerror=\"window.hacked=12](https://evil.example/leak.png)",
        "```\"><img src=x onerror=window.hacked=13>\n</code></pre><script>window.hacked = 14</script>\n```",
        "<style>body { display: none }</style><p style=\"position:fixed;inset:0\" id=\"composer\">covered</p>",
    ];

    [Fact]
    public async Task No_text_of_a_model_or_a_person_runs_loads_or_covers_anything()
    {
        await using var server = await ServerProcess.StartAsync();
        var chat = await Seed.AnswersAsync(server, _attacks);
        await using var tab = await Tab.OpenAsync(chromium, server);
        var foreign = new List<string>();
        tab.Page.Request += (_, request) =>
        {
            if (new Uri(request.Url).Authority != server.Url.Authority)
            {
                foreign.Add(request.Url);
            }
        };
        await tab.GoAsync($"/c/{chat}");
        await Assertions.Expect(tab.Answers.Last).ToBeVisibleAsync();
        await CheckAsync(tab);
        Assert.Empty(foreign);
    }

    [Fact]
    public async Task No_title_tool_call_or_reasoning_does_either()
    {
        await using var server = await ServerProcess.StartAsync();
        IReadOnlyList<MessagePart> answer = [.. _attacks.SelectMany((attack, i) => (MessagePart[])[new ReasoningPart(attack), new ToolCallPart($"call-{i}", attack, attack)])];
        var chat = await Seed.AnswersAsync(server, [("a hostile model", answer)]);
        using (var renamed = await server.Http.PatchAsJsonAsync(server.Api($"chats/{chat}"), new { title = string.Concat(_attacks.Take(3)) }))
        {
            Assert.True(renamed.IsSuccessStatusCode, await renamed.Content.ReadAsStringAsync());
        }

        await using var tab = await Tab.OpenAsync(chromium, server, $"/c/{chat}");
        await Assertions.Expect(tab.Page.Locator(".chat-row").First).ToContainTextAsync("<script>window.hacked = 1</script>");
        await Assertions.Expect(tab.Answers.Last).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.Locator(".answer .fold")).ToHaveCountAsync(2 * _attacks.Length);
        await tab.Page.EvaluateAsync("document.querySelectorAll('.fold').forEach(fold => fold.open = true)");
        await CheckAsync(tab);
        await Assertions.Expect(tab.Page.Locator(".chat-row, header").Locator("script, img, iframe, form, style, [onload], [onerror]")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task The_policy_stops_scripts_that_are_not_the_pages()
    {
        await using var tab = await Tab.OpenAsync(chromium, shared.Server);
        var ran = await tab.Page.EvaluateAsync<bool>(
            """
            async () => {
              const script = document.createElement('script');
              try { script.textContent = 'window.inline = true'; document.head.append(script); } catch { }
              try { document.body.innerHTML += '<img src=x onerror="window.inline = true">'; } catch { }
              await new Promise(done => setTimeout(done, 200));
              return 'inline' in window;
            }
            """);
        Assert.False(ran);
        tab.Forgive("Content Security Policy");
        tab.Forgive("TrustedHTML");
        tab.Forgive("TrustedScript");
    }

    /// <summary>What is drawn of the chat is words: nothing runs, loads, covers, or leads to a script.</summary>
    private static async Task CheckAsync(Tab tab)
    {
        foreach (var link in await tab.Page.Locator(".answer a").AllAsync())
        {
            Assert.Matches("^(https?:|$)", await link.GetAttributeAsync("href") ?? string.Empty);
        }

        await Assertions.Expect(tab.Page.Locator(".answer").Locator("script, img, svg:not(.icon), iframe, form, style, [style], [id]")).ToHaveCountAsync(0);
        Assert.False(await tab.Page.EvaluateAsync<bool>("'hacked' in window"));
        await Assertions.Expect(tab.Composer).ToBeVisibleAsync();
    }
}
