using DurableChat.Models;
using DurableChat.Recorder;
using DurableChat.Recorder.Calls;
using DurableChat.Recorder.Options;
using DurableChat.Recorder.Wire;
using DurableChat.Server.Recorders;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace DurableChat.Integration.Tests.Recorders;

/// <summary>A recorder in this process, on a real port, and servers that ask it.</summary>
internal sealed class TestRecorder : IAsyncDisposable
{
    public const string Secret = "a-secret-that-is-long-enough-for-tests";

    private readonly TemporaryFolder _folder = new();
    private readonly WebApplication _app;

    private TestRecorder(Func<RecorderOptions, RecorderOptions>? configure, TimeProvider time)
    {
        var options = new RecorderOptions
        {
            Listen = "http://127.0.0.1:0",
            Secret = new SharedSecret(Secret),
            Hosts = new AllowedHosts(["*"]),
            Folder = _folder.File("spool"),
        };
        _app = RecorderApplication.Build(configure?.Invoke(options) ?? options, time);
    }

    public string Address { get; private set; } = "";

    public string Folder => _folder.File("spool");

    public RecorderFigures Figures => _app.Services.GetRequiredService<Exchanges>().Figures();

    public IServiceProvider Services => _app.Services;

    public static async Task<TestRecorder> StartAsync(
        Func<RecorderOptions, RecorderOptions>? configure = null, TimeProvider? time = null)
    {
        var recorder = new TestRecorder(configure, time ?? TimeProvider.System);
        await recorder._app.StartAsync();
        recorder.Address = recorder._app.Urls.Single();
        return recorder;
    }

    /// <summary>A server's connection to it.</summary>
    public RecorderLink Link(string secret = Secret) => new(new RecorderChoice(ListenOn.Parse(Address), secret, null));

    /// <summary>Asks it for the answer to a request, and waits for the beginning.</summary>
    public async Task<RecorderReply> AskAsync(Uri target, ModelCallId call, string body = "{}", string secret = Secret)
    {
        var link = Link(secret);
        var request = link.Request(HttpMethod.Post, RecorderPaths.Exchanges);
        request.Content = new StringContent(body);
        request.Headers.TryAddWithoutValidation(RecorderHeaders.Target, target.AbsoluteUri);
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer sk-very-secret");
        RecorderLink.Describe(request, call);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        return new RecorderReply(link, await link.AskAsync(request, limit.Token));
    }

    /// <summary>Says that a call is over.</summary>
    public async Task<System.Net.HttpStatusCode> ForgetAsync(ModelCallId call)
    {
        using var link = Link();
        using var request = link.Request(HttpMethod.Delete, RecorderPaths.Exchanges);
        RecorderLink.Describe(request, call);
        using var response = await link.AskAsync(request, CancellationToken.None);
        return response.StatusCode;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
        _folder.Dispose();
    }
}
