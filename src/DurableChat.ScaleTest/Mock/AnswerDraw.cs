using System.Collections.Concurrent;
using System.Text;

namespace DurableChat.ScaleTest.Mock;

/// <summary>
/// Draws answers. An answer depends on the seed, on the request and on how often the same request came before, and on
/// nothing else: not on the order in which the requests
/// of different chats arrive. So runs repeat, and a repeated request may succeed where the first was refused.
/// Thread-safe.
/// </summary>
internal sealed class AnswerDraw
{
    private const int MaxExtraTokens = 1_000_000_000;
    private static readonly int[] _refusals = [429, 500, 503];
    private readonly MockOptions _options;
    private readonly byte[] _corpus;
    private readonly ConcurrentDictionary<ulong, int> _seen = new();

    public AnswerDraw(MockOptions options)
    {
        _options = options;
        _corpus = MakeCorpus(options);
    }

    public MockAnswer Draw(MockRequest request)
    {
        // Only where requests fail do they come again, so only then is it worth remembering them.
        var occurrence = _options.ErrorRate > 0 || _options.DisconnectRate > 0
            ? _seen.AddOrUpdate(request.Fingerprint, 0, (_, before) => before + 1)
            : 0;
        var random = new SplitMix(request.Fingerprint ^ ((ulong)(uint)_options.Seed << 32) ^ (uint)occurrence);
        if (random.NextDouble() < _options.ErrorRate)
        {
            return new MockAnswer(_refusals[random.Next(_refusals.Length)], null, [], [], []);
        }

        var isTools = request.Tools.Count > 0 && request.EndsWithUser && random.NextDouble() < _options.ToolProbability;
        var reasoning = Chunks(_options.ReasoningChunks, ref random);
        var text = isTools ? [] : Chunks(DrawLength(ref random), ref random);
        var calls = new List<MockToolCall>();
        for (var left = isTools ? 1 + random.Next(_options.MaxToolCalls) : 0; left > 0; left--)
        {
            calls.Add(
                new MockToolCall($"call_{random.NextBits():x16}", request.Tools[random.Next(request.Tools.Count)]));
        }

        int? breaks = random.NextDouble() < _options.DisconnectRate
            ? random.Next(reasoning.Length + text.Length + calls.Count)
            : null;
        return new MockAnswer(null, breaks, reasoning, text, calls)
        {
            ExtraTokens = _options.HasJournal ? random.Next(MaxExtraTokens) : 0,
        };
    }

    private int DrawLength(ref SplitMix random) => _options.LengthSpread == 0
        ? _options.Chunks
        : Math.Max(1, (int)(_options.Chunks * (1 + (_options.LengthSpread * ((2 * random.NextDouble()) - 1)))));

    private ReadOnlyMemory<byte>[] Chunks(int count, ref SplitMix random)
    {
        var chunks = new ReadOnlyMemory<byte>[count];
        for (var i = 0; i < count; i++)
        {
            chunks[i] = _corpus.AsMemory(random.Next(_corpus.Length - _options.ChunkBytes), _options.ChunkBytes);
        }

        return chunks;
    }

    /// <summary>Words of small letters, which JSON need not escape, so that chunks are slices of one array.</summary>
    private static byte[] MakeCorpus(MockOptions options)
    {
        var random = new SplitMix((uint)options.Seed);
        var corpus = new StringBuilder();
        while (corpus.Length < 65_536 + (2 * options.ChunkBytes))
        {
            for (var letters = 2 + random.Next(8); letters > 0; letters--)
            {
                corpus.Append((char)('a' + random.Next(26)));
            }

            corpus.Append(' ');
        }

        return Encoding.ASCII.GetBytes(corpus.ToString());
    }
}
