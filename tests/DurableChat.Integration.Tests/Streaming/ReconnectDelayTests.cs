using System.Text.RegularExpressions;
using DurableChat.AspNetCore.Streaming;
using DurableChat.Integration.Tests.Http;
using Xunit;

namespace DurableChat.Integration.Tests.Streaming;

/// <summary>When clients come back whose replica goes.</summary>
public sealed partial class ReconnectDelayTests
{
    [Fact]
    public void Clients_of_a_replica_that_drains_come_back_over_a_longer_time()
    {
        Assert.Equal((500, 1_000, 1_500), (ReconnectDelay.Choose(false, 0), ReconnectDelay.Choose(false, 0.5), ReconnectDelay.Choose(false, 1)));
        Assert.Equal((500, 2_750, 5_000), (ReconnectDelay.Choose(true, 0), ReconnectDelay.Choose(true, 0.5), ReconnectDelay.Choose(true, 1)));
        Assert.Equal("retry: 1000\n\n"u8.ToArray(), ReconnectDelay.Write(false, 0.5));
    }

    [Fact]
    public async Task Each_stream_gets_a_time_of_its_own_and_another_when_its_replica_stops()
    {
        var texts = new List<Task<string>>();
        await using (var server = await TestServer.StartAsync())
        {
            for (var i = 0; i < 20; i++)
            {
                var response = await server.Http.GetAsync(new Uri("chats/watch", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
                texts.Add(response.Content.ReadAsStringAsync());
            }

            await server.StopAsync();
            await Task.WhenAll(texts);
        }

        var times = texts.Select(text => Retry().Matches(text.Result).Select(match => int.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)).ToArray()).ToList();
        Assert.All(times, both => Assert.Equal(2, both.Length));
        Assert.All(times, both => Assert.InRange(both[0], 500, 1_500));
        Assert.All(times, both => Assert.InRange(both[1], 500, 5_000));
        Assert.True(times.Select(both => both[0]).Distinct().Count() > 1);
        Assert.True(times.Select(both => both[1]).Distinct().Count() > 1);
        Assert.All(texts, text => Assert.EndsWith("\n\n", text.Result, StringComparison.Ordinal));
    }

    [GeneratedRegex("^retry: ([0-9]+)$", RegexOptions.Multiline)]
    private static partial Regex Retry();
}
