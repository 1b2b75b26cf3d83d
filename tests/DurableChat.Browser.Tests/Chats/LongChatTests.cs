using DurableChat.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests;

/// <summary>Chats of ten thousand messages.</summary>
public sealed class LongChatTests(Chromium chromium)
{
    private const int Turns = 5_000;

    /// <summary>Messages in a page of the history, and in a stream's first events.</summary>
    private const int Page = 100;

    /// <summary>Scrolls up as a person does until the first message is there; gives the most rows and nodes that were drawn at once, and whether it got there.</summary>
    private const string ScrollToTheTop = """
        async () => {
          const log = document.querySelector('.transcript');
          let [rows, nodes] = [0, 0];
          const isThere = () => [...document.querySelectorAll('.bubble')].some(bubble => bubble.innerText === 'the first question');
          for (let steps = 0; steps < 20000 && !isThere(); steps++) {
            log.scrollTop -= 2500;
            await new Promise(requestAnimationFrame);
            rows = Math.max(rows, document.querySelectorAll('.transcript .row').length);
            nodes = Math.max(nodes, log.querySelectorAll('*').length);
          }
          return [rows, nodes, isThere() ? 1 : 0];
        }
        """;

    [Fact]
    public async Task A_chat_of_ten_thousand_messages_is_read_to_its_beginning_page_by_page_with_few_rows_drawn()
    {
        await using var server = await ServerProcess.StartAsync();
        var chat = await Seed.AnswersAsync(server, [.. Enumerable.Range(2, Turns - 1).Select(i => $"Answer {i} with **some** text.\n\nAnd a second paragraph of it, {new string('x', i % 40)}.")]);
        await using var tab = await Tab.OpenAsync(chromium, server);
        var pages = new List<string>();
        tab.Page.Request += (_, request) =>
        {
            if (request.Url.Contains("/messages?", StringComparison.Ordinal))
            {
                pages.Add(request.Url);
            }
        };
        await tab.GoAsync($"/c/{chat}");
        await Assertions.Expect(tab.Answers.Filter(new() { HasText = $"Answer {Turns} with" })).ToBeVisibleAsync();
        Assert.InRange(pages.Count, 0, 3);

        var result = await tab.Page.EvaluateAsync<double[]>(ScrollToTheTop);
        Assert.Equal(1, result[2]);
        Assert.InRange(result[0], 1, 150);
        Assert.InRange(result[1], 1, 3_000);
        Assert.InRange(pages.Count, 1, (2 * Turns / Page) + 3);
        Assert.Equal(string.Empty, string.Join(", ", pages.GroupBy(url => url).Where(group => group.Count() > 1).Select(group => $"{new Uri(group.Key).Query} at {pages.IndexOf(group.Key)} and {pages.LastIndexOf(group.Key)}")));

        await tab.Button("Go to the newest message").ClickAsync();
        await Assertions.Expect(tab.Answers.Filter(new() { HasText = $"Answer {Turns} with" })).ToBeVisibleAsync();
        await tab.SendAsync("one more");
        await Assertions.Expect(tab.Page.GetByText("That is message")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task What_is_being_read_stays_in_place_while_older_messages_come()
    {
        await using var server = await ServerProcess.StartAsync();
        var chat = await Seed.AnswersAsync(server, [.. Enumerable.Range(2, 300).Select(i => $"Answer {i} of many.")]);
        await using var tab = await Tab.OpenAsync(chromium, server, $"/c/{chat}");
        await Assertions.Expect(tab.Answers.Filter(new() { HasText = "Answer 301 of many" })).ToBeVisibleAsync();

        // The first page begins at about answer 252; scrolling near its beginning brings older ones.
        var moved = await tab.Page.EvaluateAsync<double>(
            """
            async () => {
              const log = document.querySelector('.transcript');
              log.scrollTop = 900;
              await new Promise(done => setTimeout(done, 50));
              const seen = [...document.querySelectorAll('.answer')].find(row => row.getBoundingClientRect().top > 150);
              const text = seen.innerText;
              const before = seen.getBoundingClientRect().top;
              await new Promise(done => setTimeout(done, 1500));
              const after = [...document.querySelectorAll('.answer')].find(row => row.innerText === text);
              return after ? Math.abs(after.getBoundingClientRect().top - before) : 1e6;
            }
            """);
        Assert.True(moved < 40, $"What was read moved by {moved:F0} pixels.");
    }

    [Fact]
    public async Task Who_has_scrolled_up_and_sends_is_taken_to_the_answer()
    {
        await using var server = await ServerProcess.StartAsync();
        var chat = await Seed.AnswersAsync(server, [.. Enumerable.Range(2, 60).Select(i => $"Answer {i} of many.")]);
        await using var tab = await Tab.OpenAsync(chromium, server, $"/c/{chat}");
        await Assertions.Expect(tab.Answers.Filter(new() { HasText = "Answer 61 of many" })).ToBeVisibleAsync();
        await tab.Page.Locator(".transcript").EvaluateAsync("log => log.scrollTop -= 2000");
        await Assertions.Expect(tab.Button("Go to the newest message")).ToBeVisibleAsync();
        await tab.SendAsync("and now?");
        await Assertions.Expect(tab.Mine.Filter(new() { HasText = "and now?" })).ToBeInViewportAsync();
        await Assertions.Expect(tab.Page.GetByText("That is message")).ToBeInViewportAsync();
        await Assertions.Expect(tab.Button("Go to the newest message")).ToBeHiddenAsync();
    }
}
