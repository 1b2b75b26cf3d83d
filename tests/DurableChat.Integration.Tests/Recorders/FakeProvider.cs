using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DurableChat.Integration.Tests.Recorders;

/// <summary>A provider that answers as the test says, piece by piece.</summary>
internal sealed class FakeProvider : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);
    private readonly WebApplication _app;
    private readonly Channel<ProviderCall> _calls = Channel.CreateUnbounded<ProviderCall>();
    private int _requests;

    private FakeProvider()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        _app = builder.Build();
        _app.Urls.Add("http://127.0.0.1:0");
        _app.Run(async context =>
        {
            Interlocked.Increment(ref _requests);
            using var reader = new StreamReader(context.Request.Body);
            var call = new ProviderCall(context, await reader.ReadToEndAsync());
            _calls.Writer.TryWrite(call);
            await call.Ended;
        });
    }

    /// <summary>Where it is.</summary>
    public Uri Url { get; private set; } = null!;

    /// <summary>How many requests have come.</summary>
    public int Requests => Volatile.Read(ref _requests);

    public static async Task<FakeProvider> StartAsync()
    {
        var provider = new FakeProvider();
        await provider._app.StartAsync();
        var features = provider._app.Services.GetRequiredService<IServer>().Features;
        provider.Url = new Uri(features.Get<IServerAddressesFeature>()!.Addresses.Single());
        return provider;
    }

    /// <summary>The next request.</summary>
    public Task<ProviderCall> NextAsync() => _calls.Reader.ReadAsync().AsTask().WaitAsync(_patience);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }
}
