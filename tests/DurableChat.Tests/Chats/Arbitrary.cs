using System.Text;
using System.Text.Json;
using CsCheck;
using DurableChat.Chats;

namespace DurableChat.Tests.Chats;

/// <summary>Anything at all of a kind, the rare and the nasty more often than chance would have it.</summary>
internal static class Arbitrary
{
    private static readonly string[] _nasty =
        ["\0", "\"", "\\", "\n", "\r\n", "\u2028", "\u0085", "<script>", "&amp;", "'", "{\"type\":\"text\"}", "😀", "👩‍👩‍👧", "e\u0301", "\uFFFD", "\uFEFF", "\u202E", "ÿ", "\u001b", "\u007f"];

    private static readonly Gen<string> _rune =
        Gen.Int[0, 0x10F7FF].Select(number => new Rune(number < 0xD800 ? number : number + 0x800).ToString());

    /// <summary>Well-formed Unicode.</summary>
    public static Gen<string> Text { get; } =
        Gen.Frequency((4, Gen.Int[0, _nasty.Length - 1].Select(index => _nasty[index])), (4, Gen.Char[' ', '~'].Select(c => c.ToString())), (2, _rune)).Array[0, 20].Select(string.Concat);

    public static Gen<DateTimeOffset> Time { get; } =
        Gen.Long[0, 300L * 365 * 86_400 * 1_000_000].Select(microseconds => DateTimeOffset.UnixEpoch.AddMicroseconds(microseconds));

    public static Gen<ToolCallPart> Call { get; } = Gen.Select(Text, Text, Text, (id, name, arguments) => new ToolCallPart(id, name, arguments));

    /// <summary>Settings as a request may ask for them, sensible or not.</summary>
    public static Gen<GenerationSettings> Settings { get; } =
        from words in AnyOf("low", "medium", "high", "auto", "required", "look_up", "", "\n", "flex").Null().Array[4]
        from numbers in Gen.Int[-3, 9_000].Nullable().Array[3]
        from fractions in Gen.Double[-0.5, 2.5].Nullable().Array[2]
        from flags in Gen.Bool.Nullable().Array[4]
        from seed in Gen.Long.Nullable()
        from stop in AnyOf("END", "\n", "", new string('x', 65)).Array[0, 5].Null()
        from format in AnyOf(
            """{"type":"json_object"}""",
            """{"type":"json_schema","name":"a","schema":{"type":"object"}}""",
            """{"type":"json_schema"}""",
            """{"type":"text","more":1}""",
            "[]").Null()
        select new GenerationSettings
        {
            ReasoningEffort = words[0],
            ReasoningDisplay = words[1],
            ToolChoice = words[2],
            ServiceTier = words[3],
            ReasoningBudget = numbers[0],
            TopK = numbers[1],
            MaxOutputTokens = numbers[2],
            Temperature = fractions[0],
            TopP = fractions[1],
            Tools = flags[0],
            BuiltInTools = flags[1],
            ParallelToolCalls = flags[2],
            Cache = flags[3],
            Seed = seed,
            Stop = stop,
            ResponseFormat = format is null ? null : JsonElement.Parse(format),
        };

    public static Gen<MessagePart> Part { get; } = Gen.OneOf(
        Text.Select(text => (MessagePart)new TextPart(text)),
        Text.Select(text => (MessagePart)new ReasoningPart(text)),
        Call.Select(call => (MessagePart)call),
        Gen.Select(Text, Text, Gen.Bool, (id, result, failed) => (MessagePart)new ToolResultPart(id, result, failed)));

    public static Gen<Message> Message { get; } =
        from ids in Gen.Select(Gen.Long[1, long.MaxValue], Gen.Long[0, long.MaxValue], Gen.Long[0, long.MaxValue])
        from role in Gen.Enum<MessageRole>()
        from parts in Part.Array[0, 5]
        from model in Text.Null()
        from reason in Gen.Enum<FinishReason>().Nullable()
        from usage in Gen.Select(Gen.Long[0, long.MaxValue], Gen.Long[0, long.MaxValue], (input, output) => new TokenUsage(input, output)).Null()
        from time in Time
        from settings in Settings.Null()
        from queued in Gen.Long[1, long.MaxValue].Nullable()
        select new Message
        {
            Id = ids.Item1,
            PreviousId = ids.Item2,
            Generation = ids.Item3,
            Role = role,
            Parts = parts,
            Model = model,
            FinishReason = reason,
            Usage = usage,
            Settings = settings,
            QueuedId = queued,
            CreatedAt = time,
        };

    public static Gen<ChatError> Error { get; } = Gen.Select(Text, Text, Gen.Bool, (code, message, retryable) => new ChatError(code, message, retryable));

    /// <summary>Any state, whether the rules could bring it about or not.</summary>
    public static Gen<Chat> Chat { get; } =
        from counts in Gen.Long[0, long.MaxValue].Array[5]
        from small in Gen.Int[0, int.MaxValue].Array[2]
        from texts in Text.Array[4]
        from status in Gen.Enum<ChatStatus>()
        from retry in Gen.Select(Gen.Int, Gen.Int, Error, Gen.Long[0, 3_000_000_000_000_000_000], (attempt, most, error, ticks) => new RetryState(attempt, most, error, new DateTimeOffset(ticks, TimeSpan.Zero), attempt % 2 == 0 ? null : TimeSpan.FromTicks(most))).Null()
        from error in Error.Null()
        from calls in Call.Array[0, 4]
        from queue in Gen.Select(Gen.Long[1, 1_000_000], Text, Gen.Bool, Time, (id, text, urgent, time) => new QueuedMessage(id, text, urgent, time)).Array[0, 20]
        from lease in Gen.Select(Text, Gen.Long[1, long.MaxValue], (replica, token) => new Lease(replica, token)).Null()
        from time in Time
        from ids in Gen.Guid.Array[1, 9]
        select new Chat
        {
            Id = ChatId.Create(Given.Now),
            Owner = texts[0],
            Title = texts[1],
            Model = texts[2],
            Status = status,
            Archived = counts[0] % 2 == 0,
            Version = counts[0],
            CommitId = ids[0],
            Ancestors = ids[1..],
            Epoch = counts[1],
            LastMessageId = counts[2],
            LastAssignedId = counts[2],
            Generation = counts[3],
            Attempt = small[0],
            Step = small[1],
            Retry = retry,
            UncountedGenerations = small[1] % 5 == 0 ? counts : [],
            Fallback = small[1] % 3 == 0 ? new Fallback(texts[3], small[0]) : null,
            Error = error,
            PendingToolCalls = calls,
            PendingCallOrigin = small[0] % 2 == 0 ? null : new CallOrigin(counts[2], [.. Enumerable.Range(small[1] % 100, calls.Length)]),
            Queue = [.. queue.DistinctBy(queued => queued.Id)],
            LastQueuedId = counts[4],
            ClientTools = [.. calls.Select(call => new ClientTool(call.CallId, call.Name, call.Arguments))],
            Lease = lease,
            LeaseToken = lease?.Token ?? 0,
            CreatedAt = time,
            UpdatedAt = time,
        };

    private static Gen<string> AnyOf(params string[] texts) =>
        Gen.Int[0, texts.Length - 1].Select(index => texts[index]);
}
