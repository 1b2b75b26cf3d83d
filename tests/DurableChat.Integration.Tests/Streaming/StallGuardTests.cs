using DurableChat.AspNetCore;
using DurableChat.AspNetCore.Streaming;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Integration.Tests.Streaming;

/// <summary>The clock of a write that its client does not take.</summary>
public sealed class StallGuardTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly DurableChatHttpOptions _options = new() { StallTimeout = TimeSpan.FromSeconds(30) };

    private StallGuard Guard => new(_options, _time, NullLogger<StallGuard>.Instance);

    [Fact]
    public void The_web_server_gives_a_stream_as_much_time_as_the_guard_does()
    {
        var context = new DefaultHttpContext();
        var limit = new Limit();
        context.Features.Set<IHttpMinResponseDataRateFeature>(limit);
        Guard.Prepare(context);
        Assert.Equal(_options.StallTimeout, limit.MinDataRate!.GracePeriod);
    }

    [Fact]
    public async Task How_a_write_fails_is_told_as_it_is()
    {
        var write = new TaskCompletionSource();
        var waiting = Guard.WaitAsync(new DefaultHttpContext(), write.Task);
        _time.Advance(_options.StallTimeout - TimeSpan.FromSeconds(1));
        write.SetException(new IOException("broken"));
        Assert.Equal("broken", (await Assert.ThrowsAsync<IOException>(() => waiting)).Message);
    }

    private sealed class Limit : IHttpMinResponseDataRateFeature
    {
        public MinDataRate? MinDataRate { get; set; } = new(240, TimeSpan.FromSeconds(5));
    }
}
