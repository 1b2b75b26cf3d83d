using System.Text;
using DurableChat.AspNetCore;
using DurableChat.AspNetCore.Streaming;
using DurableChat.Chats;
using DurableChat.Feeds;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Integration.Tests.Streaming;

/// <summary>When an idle stream says that it is alive.</summary>
public sealed class HeartbeatsTests : IDisposable
{
    private const string Heartbeat = ": heartbeat\n\n";

    private readonly FakeTimeProvider _time = new();
    private readonly DurableChatHttpOptions _options = new() { HeartbeatInterval = TimeSpan.FromSeconds(16) };
    private readonly Heartbeats _heartbeats;
    private readonly MemoryStream _body = new();

    public HeartbeatsTests() => _heartbeats = new Heartbeats(_options, _time);

    private string Written => Encoding.UTF8.GetString(_body.ToArray());

    [Fact]
    public void A_stream_that_stays_idle_sends_one_in_each_interval()
    {
        Join();
        Pass(15);
        Assert.Equal("", Written);
        Pass(1);
        Assert.Equal(Heartbeat, Written);
        Pass(15);
        Assert.Equal(Heartbeat, Written);
        Pass(1);
        Assert.Equal(Heartbeat + Heartbeat, Written);
    }

    [Fact]
    public async Task An_event_is_as_good_as_a_heartbeat()
    {
        var stream = Join();
        Pass(10);
        await stream.WriteAsync("data\n\n"u8.ToArray());
        var change = StreamEvents.HistoryReset(ChatId.Create(DateTimeOffset.UnixEpoch), 2);
        await stream.SendAsync([change]);
        var events = "data\n\n" + Encoding.UTF8.GetString(change.Frame.Span);
        Pass(15);
        Assert.Equal(events, Written);
        Pass(1);
        Assert.Equal(events + Heartbeat, Written);
    }

    [Fact]
    public void A_stream_that_joins_late_waits_no_longer_than_the_others()
    {
        using var other = new MemoryStream();
        _heartbeats.Join(StreamTo(other));
        Pass(8);
        Join();
        Pass(8);
        Assert.Equal(Heartbeat, Encoding.UTF8.GetString(other.ToArray()));
        Assert.Equal("", Written);
        Pass(8);
        Assert.Equal(Heartbeat, Written);
    }

    [Fact]
    public async Task A_stream_that_has_left_or_is_closed_sends_none()
    {
        var stream = Join();
        await stream.CloseAsync();
        Pass(16);
        _heartbeats.Leave(stream);
        Pass(16);
        Assert.Equal("", Written);
    }

    public void Dispose()
    {
        _heartbeats.Dispose();
        _body.Dispose();
    }

    private SseStream Join()
    {
        var stream = StreamTo(_body);
        _heartbeats.Join(stream);
        return stream;
    }

    private SseStream StreamTo(Stream body)
    {
        var context = new DefaultHttpContext();
        context.Response.Body = body;
        return new SseStream(context, new StallGuard(_options, _time, NullLogger<StallGuard>.Instance), CancellationToken.None);
    }

    private void Pass(int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
