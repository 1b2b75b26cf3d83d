using System.Diagnostics.Metrics;
using DurableChat.Integration.Tests.Http;
using DurableChat.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace DurableChat.Integration.Tests.AiSdk;

/// <summary>What a request costs does not grow with how often the same was asked before.</summary>
public sealed class AiSdkGrowthTests
{
    private const int Uses = 12;

    [Theory]
    [InlineData("m1")]
    [InlineData("msg_1")]
    public async Task Regenerating_for_the_twelfth_time_takes_as_many_statements_as_for_the_second(string id)
    {
        using var meters = new CountingMeters();
        await using var server = await TestServer.StartWithAsync(builder => builder.Services.AddSingleton<IMeterFactory>(meters));
        var chat = "growth";
        if (id == "msg_1")
        {
            chat = await server.CreateAsync();
            await server.FollowAsync(chat, screen => screen.Status == "waiting");
        }
        else
        {
            using var sent = await (await UiStream.SendAsync(server, chat, id, "hello")).ReadAsync();
            Assert.Equal("turn_1", sent.MessageId);
        }

        var statements = new List<long>();
        for (var use = 1; use <= Uses; use++)
        {
            var before = Statements(meters);
            var shown = new { id = chat, messages = new[] { UiStream.User(id, "hello") }, trigger = "regenerate-message" };
            using var again = await (await UiStream.PostAsync(server, shown)).ReadAsync();
            Assert.Equal($"turn_{(2 * use) + 1}", again.MessageId);
            statements.Add(Statements(meters) - before);
        }

        Assert.Equal(statements[1], statements[^1]);
        Assert.InRange(statements[^1], 1, 10);
    }

    [Fact]
    public async Task A_message_that_an_edit_before_it_took_away_is_not_mistaken_for_what_stands_there_now()
    {
        await using var server = await TestServer.StartAsync();
        using var first = await (await UiStream.SendAsync(server, "stale", "m1", "hello")).ReadAsync();
        using var second = await (await UiStream.SendAsync(server, "stale", "m2", "and now?")).ReadAsync();
        Assert.Equal("turn_3", second.MessageId);
        object Shown(string id, string text) => new { id = "stale", messages = new[] { UiStream.User(id, text) }, trigger = "regenerate-message" };
        using var again = await (await UiStream.PostAsync(server, Shown("m2", "and now?"))).ReadAsync();
        Assert.Equal("turn_5", again.MessageId);
        using var earlier = await (await UiStream.PostAsync(server, Shown("m1", "hello"))).ReadAsync();
        Assert.Equal("turn_7", earlier.MessageId);

        // The second message is gone with the answer before it; the first must not be answered in its stead.
        using var stale = await UiStream.PostAsync(server, Shown("m2", "and now?"));
        var messages = (await server.GetAsync("/ai-sdk/chat/stale/messages")).GetProperty("messages");
        Assert.Equal("msg_7", messages[0].GetProperty("id").GetString());
    }

    /// <summary>Those that look for messages and for what earlier requests made.</summary>
    private static long Statements(CountingMeters meters) =>
        meters.Sum("durablechat.store.statements", "read_messages") + meters.Sum("durablechat.store.statements", "idempotency");
}
