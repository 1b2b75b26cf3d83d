using DurableChat.Browser.Tests.Support;
using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests;

/// <summary>Chats of ten thousand messages.</summary>
public sealed class LongChatTests(Chromium chromium)
{
    private const int Turns = 5_000;

    /// <summary>Scrolls up as a person does until the first message is there; gives how long the slowest frames took, in milliseconds.</summary>
    private const string ScrollToTheTop = """
        async () => {
          const log = document.querySelector('.transcript');
          const frames = [];
          let last = performance.now();
          let rows = 0;
          const started = performance.now();
          const isThere = () => [...document.querySelectorAll('.bubble')].some(bubble => bubble.innerText === 'the first question');
          while (!isThere() && performance.now() - started < 60000) {
            log.scrollTop -= 2500;
            await new Promise(requestAnimationFrame);
            frames.push(performance.now() - last);
            last = performance.now();
            rows = Math.max(rows, document.querySelectorAll('.transcript .row').length);
          }
          frames.sort((a, b) => a - b);
          return [frames[Math.floor(frames.length * 0.95)], rows, isThere() ? 1 : 0];
        }
        """;

    [Fact]
    public async Task A_chat_of_ten_thousand_messages_opens_at_once_and_scrolls_smoothly_to_its_beginning()
    {
        await using var server = await ServerProcess.StartAsync();
        var chat = await Seed.AnswersAsync(server, [.. Enumerable.Range(2, Turns - 1).Select(i => $"Answer {i} with **some** text.\n\nAnd a second paragraph of it, {new string('x', i % 40)}.")]);
        await using var tab = await Tab.OpenAsync(chromium, server);
        var started = TimeProvider.System.GetTimestamp();
        await tab.GoAsync($"/c/{chat}");
        await Assertions.Expect(tab.Answers.Filter(new() { HasText = $"Answer {Turns} with" })).ToBeVisibleAsync();
        Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(5));

        var result = await tab.Page.EvaluateAsync<double[]>(ScrollToTheTop);
        Assert.Equal(1, result[2]);
        Assert.True(result[0] < 120, $"One frame of twenty took {result[0]:F0} ms.");
        Assert.True(result[1] < 150, $"{result[1]} rows were drawn at once.");

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
}
