using System.Globalization;
using System.Net;
using DurableChat.Integration.Tests;
using DurableChat.Recorder;
using DurableChat.Recorder.Options;
using DurableChat.Recorder.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace DurableChat.Fuzz.Tests;

/// <summary>
/// The recorder's endpoints, as a server of another version or a stranger may call them, and providers that answer
/// strangely.
/// </summary>
public sealed class RecorderFuzzTests
{
    private const string Secret = "a-secret-that-is-long-enough-for-tests";

    private static readonly string[] _numbers = [RecorderHeaders.Epoch, RecorderHeaders.Head, RecorderHeaders.Generation, RecorderHeaders.Token, RecorderHeaders.After];
    private static readonly string[] _errors =
    [
        RecorderErrors.BadRequest, RecorderErrors.HostNotAllowed, RecorderErrors.TooLarge, RecorderErrors.Stale, RecorderErrors.Full, RecorderErrors.NoAnswer, RecorderErrors.WrongSecret,
    ];

    [Fact]
    public async Task Requests_are_answered_or_refused_in_the_words_of_the_recorder()
    {
        using var leaks = new Leaks();
        using var folder = new TemporaryFolder();
        var time = new FakeTimeProvider();
        using var network = new Providers();
        var options = new RecorderOptions
        {
            Listen = "http://127.0.0.1:0",
            Secret = new SharedSecret(Secret),
            Hosts = new AllowedHosts(["provider.test"]),
            Folder = folder.File("spool"),
            MaxRequestBytes = 4_096,
        };
        await using var app = RecorderApplication.Build(options, time, network);
        var pipeline = ((IApplicationBuilder)app).Build();
        await Fuzz.RunAsync("recorder", 500, 30, async mangler =>
        {
            network.Next = mangler;
            await using var scope = app.Services.CreateAsyncScope();
            var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
            using var answer = new MemoryStream();
            var lifetime = new Lifetime();
            context.Features.Set<IHttpRequestLifetimeFeature>(lifetime);
            context.Features.Set<IHttpResponseBodyFeature>(new StreamResponseBodyFeature(answer));
            Prepare(context.Request, mangler);
            await pipeline(context).WaitAsync(TimeSpan.FromMinutes(2), TimeProvider.System);
            time.Advance(TimeSpan.FromSeconds(mangler.Next(10)));
            var response = context.Response;
            if (response.Headers[RecorderHeaders.Error] is [{ } error])
            {
                Assert.Contains(error, _errors);
                return error;
            }

            Assert.True(response.StatusCode == 204 || response.Headers.ContainsKey(RecorderHeaders.Answer));
            return lifetime.IsAborted ? "aborted" : response.Headers[RecorderHeaders.Answer].ToString();
        });
        leaks.AssertNone();
    }

    private static void Prepare(HttpRequest request, Mangler mangler)
    {
        request.Method = mangler.Chance(90) ? mangler.Pick(["POST", "POST", "POST", "DELETE", "GET"]) : mangler.Text();
        request.Path = mangler.Chance(95) ? request.Method == "GET" ? RecorderPaths.Status : RecorderPaths.Exchanges : new PathString("/" + mangler.Text());
        request.Headers[RecorderHeaders.Secret] = mangler.Chance(97) ? Secret : mangler.Mangle(Secret);
        request.Headers[RecorderHeaders.Target] = mangler.Chance(85) ? "http://provider.test/v1/x" : mangler.Mangle("http://provider.test/v1/x?a=b");
        request.Headers[RecorderHeaders.Chat] = mangler.Chance(90) ? $"chat-{mangler.Next(20)}" : mangler.Text();
        foreach (var name in _numbers)
        {
            request.Headers[name] = mangler.Chance(95) ? mangler.Next(4).ToString(CultureInfo.InvariantCulture) : mangler.Text();
        }

        if (mangler.Chance(10))
        {
            request.Headers.Remove(mangler.Pick(_numbers));
        }

        request.Headers["Content-Type"] = mangler.Chance(80) ? "application/json" : mangler.Text();
        request.Headers["X-Other"] = mangler.Text();
        request.ContentLength = mangler.Chance(90) ? null : mangler.Next(2) * long.MaxValue;
        request.Body = new MemoryStream(mangler.Chance(50) ? "{}"u8.ToArray() : mangler.Bytes(5_000));
    }

    /// <summary>
    /// Providers on a network that may fail; the answer of each request is decided by the case that asks.
    /// </summary>
    private sealed class Providers : HttpMessageHandler
    {
        private static readonly string[] _names = ["Content-Type", "retry-after", "Set-Cookie", "X-Strange", "Transfer-Encoding", "Recorder-Error", "Connection"];

        public Mangler Next { get; set; } = null!;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var mangler = Next;
            if (mangler.Chance(10))
            {
                throw new HttpRequestException("No such host.");
            }

            var response = new HttpResponseMessage((HttpStatusCode)(mangler.Chance(80) ? 200 : mangler.Next(1_000)))
            {
                Content = new StreamContent(new Breaking(mangler.Bytes(3_000), mangler.Chance(20))),
            };
            for (var i = mangler.Next(4); i > 0; i--)
            {
                response.Headers.TryAddWithoutValidation(mangler.Pick(_names), mangler.Text());
                response.Content.Headers.TryAddWithoutValidation(mangler.Pick(_names), mangler.Text());
            }

            return Task.FromResult(response);
        }
    }

    /// <summary>A body that may break off at its end.</summary>
    private sealed class Breaking(byte[] bytes, bool breaks) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position == Length && breaks ? throw new IOException("It broke.") : ValueTask.FromResult(Read(buffer.Span));
    }

    private sealed class Lifetime : IHttpRequestLifetimeFeature
    {
        public bool IsAborted { get; private set; }

        public CancellationToken RequestAborted { get; set; }

        public void Abort() => IsAborted = true;
    }
}
