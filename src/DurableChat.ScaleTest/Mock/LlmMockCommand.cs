using System.CommandLine;
using System.Text.Json;
using DurableChat.ScaleTest.Commands;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace DurableChat.ScaleTest.Mock;

/// <summary>The command that runs the mock model.</summary>
public static class LlmMockCommand
{
    /// <summary>Its name on the command line.</summary>
    public const string Name = "llm-mock";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var defaults = new MockOptions();
        var urls = new Option<string>("--urls")
        {
            Description = "Where to listen.",
            DefaultValueFactory = _ => "http://127.0.0.1:8081",
        };
        Options.RequireText(urls);
        var firstToken = Options.Number(
            "--first-token-ms",
            "Milliseconds to the first chunk.",
            (int)defaults.FirstToken.TotalMilliseconds,
            0,
            3_600_000);
        var chunks = Options.Number("--chunks", "Chunks of text in an answer.", defaults.Chunks, 1, 1_000_000);
        var chunkBytes = Options.Number("--chunk-bytes", "Bytes in a chunk.", defaults.ChunkBytes, 1, 1_000_000);
        var chunkDelay = Options.Number(
            "--chunk-ms",
            "Milliseconds from chunk to chunk.",
            (int)defaults.ChunkDelay.TotalMilliseconds,
            0,
            3_600_000);
        var reasoning = Options.Number(
            "--reasoning-chunks", "Chunks of reasoning before the text.", defaults.ReasoningChunks, 0, 1_000_000);
        var tools = Options.Rate("--tool-rate", "How likely an answer to a user calls tools that the request offers.");
        var maxTools = Options.Number(
            "--max-tool-calls", "How many tools such an answer calls at most.", defaults.MaxToolCalls, 1, 128);
        var errors = Options.Rate("--error-rate", "How likely a request is refused with 429, 500 or 503.");
        var disconnects = Options.Rate(
            "--disconnect-rate", "How likely the connection breaks in the middle of an answer.");
        var spread = Options.Rate(
            "--length-spread", "By what share answers are shorter or longer than --chunks says, at most.");
        var journal = new Option<bool>("--journal")
        {
            Description =
            "Keeps a record of each request, and of each run of the tool at /of/CALLER/tool; /work has it."
        };
        var seed = Options.Number(
            "--seed", "The same seed and requests give the same answers.", defaults.Seed, 0, int.MaxValue);
        var command = new Command(Name, "Runs a mock model that speaks OpenAI's API, for tests of load.")
        {
            urls,
            firstToken,
            chunks,
            chunkBytes,
            chunkDelay,
            reasoning,
            tools,
            maxTools,
            errors,
            disconnects,
            spread,
            journal,
            seed,
        };
        command.SetAction((parsed, cancellationToken) => RunAsync(
            new MockOptions
            {
                FirstToken = TimeSpan.FromMilliseconds(parsed.GetValue(firstToken)),
                Chunks = parsed.GetValue(chunks),
                ChunkBytes = parsed.GetValue(chunkBytes),
                ChunkDelay = TimeSpan.FromMilliseconds(parsed.GetValue(chunkDelay)),
                ReasoningChunks = parsed.GetValue(reasoning),
                ToolProbability = parsed.GetValue(tools),
                MaxToolCalls = parsed.GetValue(maxTools),
                ErrorRate = parsed.GetValue(errors),
                DisconnectRate = parsed.GetValue(disconnects),
                LengthSpread = parsed.GetValue(spread),
                HasJournal = parsed.GetValue(journal),
                Seed = parsed.GetValue(seed),
            },
            parsed.GetValue(urls)!,
            cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(MockOptions options, string urls, CancellationToken cancellationToken)
    {
        try
        {
            await using var app = MockServer.Build(options, urls, TimeProvider.System);
            await app.StartAsync(cancellationToken);
            var addresses =
                app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
            Console.WriteLine(
                $"The mock model is ready on {string.Join(", ", addresses)} (its API: /v1, what it served: /stats)");
            await app.WaitForShutdownAsync(cancellationToken);
            var served = app.Services.GetRequiredService<MockStatistics>().Read();
            Console.WriteLine($"Served: {JsonSerializer.Serialize(served, MockServer.Json)}");
            return 0;
        }
        catch (Exception exception) when (exception is IOException or FormatException or InvalidOperationException
            or ArgumentException)
        {
            await Console.Error.WriteLineAsync($"{Name}: The mock model cannot listen on {urls}: {exception.Message}");
            return 2;
        }
    }
}
