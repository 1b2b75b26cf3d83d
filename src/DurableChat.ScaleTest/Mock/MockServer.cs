using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace DurableChat.ScaleTest.Mock;

/// <summary>A server that speaks OpenAI's chat completions API and Responses API, and makes its answers up.</summary>
internal static class MockServer
{
    private const int MaxBodyBytes = 64 * 1024 * 1024;

    public static JsonSerializerOptions Json { get; } = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower, Converters = { new JsonStringEnumConverter(JsonNamingPolicy.SnakeCaseLower) } };

    /// <summary>Builds it; it listens once it is started.</summary>
    public static WebApplication Build(MockOptions options, string urls, TimeProvider time)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(urls);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        });
        builder.Services.AddSingleton<MockStatistics>();
        var app = builder.Build();
        var draw = new AnswerDraw(options);
        var statistics = app.Services.GetRequiredService<MockStatistics>();
        var journal = options.HasJournal ? new WorkJournal(time) : null;
        app.MapPost("/v1/chat/completions", context => AnswerAsync(context, static (request, answer, id) => new CompletionsFormat(request, answer, id)));
        app.MapPost("/v1/responses", context => AnswerAsync(context, static (request, answer, id) => new ResponsesFormat(request, answer, id)));
        app.MapGet("/v1/models", () => Results.Json(new { Object = "list", Data = new[] { new { Id = "mock", Object = "model", Created = 0, OwnedBy = "durablechat" } } }, Json));
        if (journal is not null)
        {
            // A server that must be identified uses its own path.
            app.MapPost("/of/{caller:int}/v1/chat/completions", context => AnswerAsync(context, static (request, answer, id) => new CompletionsFormat(request, answer, id)));
            app.MapPost("/of/{caller:int}/v1/responses", context => AnswerAsync(context, static (request, answer, id) => new ResponsesFormat(request, answer, id)));
            app.MapPost("/of/{caller:int}/tool", context => MockWork.RunAsync(context, journal, Caller(context), time));
            app.MapGet("/work", () => Results.Json(journal.Read(DateTimeOffset.UnixEpoch), Json));
        }

        app.MapGet("/stats", () => Results.Json(statistics.Read(), Json));
        return app;

        async Task AnswerAsync(HttpContext context, Func<MockRequest, MockAnswer, string, IMockFormat> makeFormat)
        {
            statistics.Started();
            WorkJournal.Entry? entry = null;
            try
            {
                if (await ReadAsync(context) is not { } request)
                {
                    await MockErrors.WriteAsync(context, StatusCodes.Status400BadRequest);
                    return;
                }

                if (request.BadHistory is { } fault)
                {
                    statistics.FoundBadHistory(fault);
                }

                entry = journal?.Begin(WorkKind.Answer, $"{request.History:x16}", request.Question, Caller(context));
                var answer = draw.Draw(request);
                var exchange = new MockExchange(
                    context,
                    makeFormat(request, answer, context.TraceIdentifier),
                    new MockPacer(options, time),
                    statistics,
                    () => entry?.Report(answer.InputTokens(request), answer.OutputTokens));
                await exchange.RunAsync(request, answer);
                entry?.End(answer.RefusedWith is null && answer.BreaksAfter is null ? WorkOutcome.Completed : WorkOutcome.Failed);
            }
            catch (BadHttpRequestException exception) when (!context.RequestAborted.IsCancellationRequested)
            {
                // Too long, or broken off; left alone it would look like an empty success.
                await MockErrors.WriteAsync(context, exception.StatusCode);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                // A client that stops in the middle of an answer closes the connection.
                statistics.Cancelled();
            }
            finally
            {
                entry?.End(WorkOutcome.Cancelled);
                statistics.Ended();
            }
        }
    }

    private static int Caller(HttpContext context) => context.Request.RouteValues["caller"] is string caller ? int.Parse(caller, CultureInfo.InvariantCulture) : -1;

    private static async Task<MockRequest?> ReadAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        return MockRequest.Read(body.GetBuffer().AsMemory(0, (int)body.Length));
    }
}
