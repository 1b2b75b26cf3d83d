using System.Net.Http.Json;
using System.Text.Json;
using Xunit;

namespace DurableChat.Integration.Tests.Processes;

/// <summary>
/// A long turn of tools and reasoning on each wire, in a real server that is killed with SIGKILL at every step once, in
/// turn while the model answers and while the tool runs.
/// </summary>
public sealed class KilledStepsTests : IDisposable
{
    private const int Steps = 30;
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_turn_continues_with_all_its_thoughts_and_a_tool_that_runs_again_has_the_same_key()
    {
        await using var providers = await StrictServer.StartAsync(Steps);
        var chats = new List<string>();
        for (var step = 1; step <= Steps; step++)
        {
            var held = providers.HoldAsync(IsInTool(step), step);
            using var server = await StartAsync(providers);
            if (step == 1)
            {
                foreach (var wire in StrictServer.Wires)
                {
                    chats.Add(await CreateAsync(server, wire));
                }
            }

            await held.WaitAsync(_patience);
            server.Kill();
        }

        using var last = await StartAsync(providers);
        foreach (var (chat, wire) in chats.Zip(StrictServer.Wires))
        {
            await CheckAsync(last, providers, chat, wire);
        }

        // No key came twice but for the runs that were cut off, each of which came once more.
        var killed = Enumerable.Range(1, Steps).Count(IsInTool) * StrictServer.Wires.Count;
        Assert.Equal(Steps * StrictServer.Wires.Count, providers.Runs.Count);
        Assert.Equal(killed, providers.Runs.Count(run => run.Value == 2));
        Assert.All(providers.Runs, run => Assert.InRange(run.Value, 1, 2));
    }

    private static bool IsInTool(int step) => step % 2 == 0;

    private static async Task CheckAsync(ServerProcess server, StrictServer providers, string chat, string wire)
    {
        await server.FollowAsync(chat, screen => screen.Status is "waiting" or "error");
        var state = await server.Http.GetFromJsonAsync<JsonElement>($"chats/{chat}");
        Assert.Equal(("waiting", false), (state.GetProperty("status").GetString(), state.TryGetProperty("error", out var error) && error.ValueKind != JsonValueKind.Null));
        var page = await server.Http.GetFromJsonAsync<JsonElement>($"chats/{chat}/messages?limit=200");
        var roles = page.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("role").GetString()).ToList();
        Assert.Equal((Steps + 1, Steps), (roles.Count(role => role == "assistant"), roles.Count(role => role == "tool")));
        Assert.Equal(Steps, providers.ThoughtsOf(wire));
    }

    private static async Task<string> CreateAsync(ServerProcess server, string model)
    {
        using var response = await server.Http.PostAsJsonAsync("chats", new { content = "Work.", model });
        response.EnsureSuccessStatusCode();
        return (await response.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    private Task<ServerProcess> StartAsync(StrictServer providers)
    {
        var environment = new List<string> { "DurableChat__Worker__MaxSteps=40", "DurableChat__Worker__SystemPrompt=Be brief.", $"Lab__ToolUrl={new Uri(providers.Url, "tool")}" };
        foreach (var (index, wire) in StrictServer.Wires.Index())
        {
            var provider = wire switch { "responses" => "openai", "messages" => "anthropic", _ => "deepseek" };
            environment.AddRange(
            [
                $"Models__{index}__Name={wire}", $"Models__{index}__Provider={provider}", $"Models__{index}__Api={wire}", $"Models__{index}__Model=m-1",
                $"Models__{index}__ApiKey=k", $"Models__{index}__Endpoint={new Uri(providers.Url, $"{wire}/v1")}",
            ]);
            if (wire != "chat")
            {
                environment.Add($"Models__{index}__ReasoningEffort=low");
            }
        }

        return ServerProcess.StartInLabAsync(_folder.File("chat.db"), [.. environment]);
    }
}
