using System.Globalization;
using System.Text;
using System.Text.Json;
using DurableChat.Chats;
using DurableChat.Providers;
using DurableChat.Server.Recorders;
using DurableChat.Tests.Support;
using Xunit;

namespace DurableChat.Integration.Tests.Recorders;

/// <summary>
/// Replicas that die at random bytes of the provider's stream, with a recorder between. The number of seeds is
/// <c>DURABLECHAT_SEEDS</c>, and 60 without it.
/// </summary>
public sealed class KilledAnswerTests : IAsyncLifetime
{
    private const string Words = "one two, three ÄÖÜ 四 五 🚀👩‍🚀 \"six\"\n\\ ";
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(1);
    private static readonly Func<Screen, bool> _ended = screen => screen.Status is "waiting" or "error";
    private FakeProvider _provider = null!;
    private TestRecorder _recorder = null!;

    public async ValueTask InitializeAsync() => (_provider, _recorder) = (await FakeProvider.StartAsync(), await TestRecorder.StartAsync());

    public async ValueTask DisposeAsync()
    {
        await _recorder.DisposeAsync();
        await _provider.DisposeAsync();
    }

    [Fact]
    public async Task An_answer_whose_replicas_die_at_any_byte_is_the_one_that_was_sent_and_is_requested_once()
    {
        var seeds = int.Parse(Environment.GetEnvironmentVariable("DURABLECHAT_SEEDS") ?? "60", CultureInfo.InvariantCulture);
        for (var seed = 1; seed <= seeds; seed++)
        {
            try
            {
                await RunAsync(new Random(seed));
                Assert.Equal(seed, _provider.Requests);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"Seed {seed} failed.", exception);
            }
        }
    }

    private async Task RunAsync(Random random)
    {
        var store = new FakeStore();
        var pieces = Pieces(random);
        var body = Encoding.UTF8.GetByteCount(string.Concat(pieces.Select(Event))) + 100;
        using var link = _recorder.Link();
        var (id, writing) = ((ChatId?)null, Task.CompletedTask);
        for (var kills = random.Next(1, 4); kills >= 0; kills--)
        {
            var network = new DyingNetwork(new RecorderHandler(link), kills > 0 ? random.Next(body) : long.MaxValue);
            var client = ProviderModels.Create(new ProviderOptions { Wire = ProviderWire.Chat, Endpoint = new Uri(_provider.Url, "v1"), Model = "m" }, network);
            var node = new Node(store, client, $"replica-{kills}", define: model => model with { IsKept = true });
            if (id is null)
            {
                id = await node.CreateAsync();
                writing = SendAsync(await _provider.NextAsync(), pieces, random.Next());
            }
            else
            {
                await node.Takeover.TakeOverAsync(CancellationToken.None);
            }

            var ended = node.FollowAsync(id.Value, _ended);
            await Task.WhenAny(network.Died, ended).WaitAsync(_patience);
            if (kills == 0)
            {
                await ended.WaitAsync(_patience);
            }
            else if (random.Next(2) == 0)
            {
                // Its first look only remembers what is there.
                await node.Checkpointer.WriteAsync(CancellationToken.None);
                await node.Checkpointer.WriteAsync(CancellationToken.None);
            }
        }

        await writing;
        var message = store.History(id!.Value)[1];
        Assert.Equal((2, FinishReason.Stop), (store.History(id.Value).Count, message.FinishReason));
        Assert.Equal(string.Concat(pieces), string.Concat(message.Parts.OfType<TextPart>().Select(part => part.Text)));
        Assert.Equal((1, 0), (message.Generation, store.CheckpointRows));
    }

    private static List<string> Pieces(Random random)
    {
        var runes = Words.EnumerateRunes().ToArray();
        return [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => string.Concat(random.GetItems(runes, random.Next(1, 12)).Select(rune => rune.ToString())))];
    }

    private static string Event(string piece) =>
        $"data: {{\"choices\":[{{\"index\":0,\"delta\":{{\"content\":{JsonSerializer.Serialize(piece)}}}}}]}}\n\n";

    /// <summary>Sends the answer in pieces that end anywhere, also within an event.</summary>
    private static async Task SendAsync(ProviderCall call, List<string> pieces, int seed)
    {
        var random = new Random(seed);
        var text = string.Concat(pieces.Select(Event));
        while (text.Length > 0)
        {
            var next = Math.Min(text.Length, random.Next(1, 400));
            next += next < text.Length && char.IsLowSurrogate(text[next]) ? 1 : 0;
            await call.WriteAsync(text[..next]);
            text = text[next..];
        }

        await call.FinishAsync();
    }
}
