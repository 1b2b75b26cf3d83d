using DurableChat.Browser.Tests.Support;
using DurableChat.ScaleTest.Measuring;
using DurableChat.ScaleTest.Running;
using Microsoft.Playwright;
using Xunit;

namespace DurableChat.Browser.Tests;

/// <summary>One chat, looked at through two servers.</summary>
public sealed class ReplicaTests(Chromium chromium, TwoReplicas replicas) : IClassFixture<TwoReplicas>
{
    private const string NewestAnswer = "([...document.querySelectorAll('.answer .markdown')].at(-1)?.innerText ?? '')";

    [Fact]
    public async Task Both_replicas_show_the_same_words_while_they_come_and_either_stops_them()
    {
        var chat = await replicas.CreateAsync(replicas.First, "tell me a long story", "slow");
        await using var here = await Tab.OpenAsync(chromium, replicas.First.Url, $"/c/{chat}");
        await using var there = await Tab.OpenAsync(chromium, replicas.Second.Url, $"/c/{chat}");
        await here.WaitForWordsAsync(50);
        for (var i = 0; i < 5; i++)
        {
            // Each waits for what the other has shown already, and the answer still runs: neither is behind until the commit.
            var (first, second) = i % 2 == 0 ? (here, there) : (there, here);
            var shown = await first.AnswerAsync();
            await second.WaitForWordsAsync(shown.Length);
            Assert.StartsWith(shown, await second.AnswerAsync(), StringComparison.Ordinal);
            await Assertions.Expect(second.Page.GetByRole(AriaRole.Log)).ToHaveAttributeAsync("aria-busy", "true");
        }

        await there.Button("Stop the answer").ClickAsync();
        var stored = string.Empty;
        foreach (var tab in new[] { here, there })
        {
            await tab.WaitForAnswersAsync(1);
            await Assertions.Expect(tab.Answers.Locator(".end")).ToHaveTextAsync("Stopped");
            stored = Assert.Single((await replicas.ReadAsync(replicas.Second, chat)).Skip(1));
            Assert.Equal(Tab.Plain(stored), await tab.AnswerAsync());
        }

        Assert.DoesNotContain("The end.", stored, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_replica_that_answers_is_killed_both_pages_go_on_with_one_answer_and_keep_what_was_typed()
    {
        var chat = await replicas.CreateAsync(replicas.First, "tell me a long story", "slow");
        var holder = (await replicas.GetAsync(replicas.First, $"ops/feeds/{chat}")).GetProperty("lease").GetProperty("replica").GetString();
        Assert.Equal((await replicas.GetAsync(replicas.First, "ops/feeds")).GetProperty("replica").GetString(), holder);
        await using var here = await Tab.OpenAsync(chromium, replicas.First.Url, $"/c/{chat}");
        await using var there = await Tab.OpenAsync(chromium, replicas.Second.Url, $"/c/{chat}");
        await here.WaitForWordsAsync(100);
        await there.WaitForWordsAsync(100);
        await there.Composer.FillAsync("typed at the one that lives");
        await replicas.First.KillAsync();
        await Assertions.Expect(here.Page.GetByText("The connection is lost")).ToBeVisibleAsync();
        await here.Composer.FillAsync("typed while it was away");
        await replicas.First.StartAsync(CancellationToken.None);
        await Assertions.Expect(here.Page.GetByText("The connection is lost")).ToBeHiddenAsync(new() { Timeout = 60_000 });

        // The story takes half a minute at this pace, so what has to be seen is that it goes on; then it may end.
        foreach (var tab in new[] { here, there })
        {
            var before = await tab.Page.EvaluateAsync<string>(NewestAnswer);
            await tab.Page.WaitForFunctionAsync(
                $"before => {{ const now = {NewestAnswer}; return now.length > 300 && now !== before; }}",
                before,
                new() { Timeout = 90_000 });
        }

        await here.Button("Stop the answer").ClickAsync();
        foreach (var (tab, typed) in new[] { (here, "typed while it was away"), (there, "typed at the one that lives") })
        {
            await tab.WaitForAnswersAsync(1);
            await Assertions.Expect(tab.Answers.Locator(".end")).ToHaveTextAsync("Stopped");
            var stored = await replicas.ReadAsync(replicas.Second, chat);
            Assert.Equal(2, stored.Length);
            Assert.Equal(Tab.Plain(stored[1]), await tab.AnswerAsync());
            Assert.Equal(typed, await tab.Composer.InputValueAsync());
            tab.Forgive("net::ERR_");
        }

        await using var operations = await Tab.OpenAsync(chromium, replicas.Second.Url, "/ops");
        await Assertions.Expect(RowOf(operations, holder!)).ToContainTextAsync("silent");
    }

    [Fact]
    public async Task Operations_lists_all_replicas_and_shows_of_each_what_its_own_metrics_say()
    {
        var counting = await replicas.CreateAsync(replicas.First, "count to 5000", "slow");
        var chat = await replicas.CreateAsync(replicas.First, "hello");
        await using var reader = await Tab.OpenAsync(chromium, replicas.Second.Url, $"/c/{chat}");
        await reader.WaitForAnswersAsync(1);
        foreach (var replica in new[] { replicas.First, replicas.Second })
        {
            await using var tab = await Tab.OpenAsync(chromium, replica.Url, "/ops");
            await Assertions.Expect(tab.Page.Locator(".plot canvas")).ToHaveCountAsync(9);
            foreach (var listed in new[] { replicas.First, replicas.Second })
            {
                var row = await RowAsync(tab, listed);
                await Assertions.Expect(row).ToContainTextAsync("alive");
                await Assertions.Expect(row).ToContainTextAsync("http://127.0.0.1:");
                await Assertions.Expect(row.GetByText("this one")).ToHaveCountAsync(listed == replica ? 1 : 0);
                await Assertions.Expect(row.Locator("td").Last).ToHaveTextAsync(listed == replicas.First ? "1" : "0");
            }

            await Assertions.Expect(Tile(tab, "Turns ended").Locator("b")).ToHaveTextAsync($"{await SumAsync(replica, "durablechat_turns_total")}");
            await Assertions.Expect(Tile(tab, "Answered by the window")).ToContainTextAsync($"misses · {await SumAsync(replica, "durablechat_notifications_inline_total")} inline");
            await Assertions.Expect(Tile(tab, "Connections in use")).ToContainTextAsync($"of {await SumAsync(replica, "durablechat_store_pool_max")} ");
        }

        using var stopped = await replicas.Http.PostAsync(new Uri(replicas.First.Url, $"api/v1/chats/{counting}/interrupt"), null);
        Assert.True(stopped.IsSuccessStatusCode);
    }

    private async Task<ILocator> RowAsync(Tab tab, ReplicaProcess replica) =>
        RowOf(tab, (await replicas.GetAsync(replica, "ops/feeds")).GetProperty("replica").GetString()!);

    private static ILocator RowOf(Tab tab, string replica) => tab.Page.GetByRole(AriaRole.Table).First.GetByRole(AriaRole.Row).Filter(new() { HasText = replica });

    private static ILocator Tile(Tab tab, string name) => tab.Page.Locator(".tile").Filter(new() { HasText = name });

    private async Task<double> SumAsync(ReplicaProcess replica, string metric) =>
        PrometheusText.Read([await replicas.Http.GetStringAsync(new Uri(replica.Url, "metrics"))]).Sum(metric);
}
