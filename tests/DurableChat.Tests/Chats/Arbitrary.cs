using System.Text;
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
            CreatedAt = time,
        };

    public static Gen<ChatError> Error { get; } = Gen.Select(Text, Text, Gen.Bool, (code, message, retryable) => new ChatError(code, message, retryable));

    /// <summary>Any state, whether the rules could bring it about or not.</summary>
    public static Gen<Chat> Chat { get; } =
        from counts in Gen.Long[0, long.MaxValue].Array[5]
        from small in Gen.Int[0, int.MaxValue].Array[2]
        from texts in Text.Array[4]
        from status in Gen.Enum<ChatStatus>()
        from retry in Gen.Select(Gen.Int, Gen.Int, Error, Gen.Long[0, 3_000_000_000_000_000_000], (attempt, most, error, ticks) => new RetryState(attempt, most, error, new DateTimeOffset(ticks, TimeSpan.Zero))).Null()
        from error in Error.Null()
        from calls in Call.Array[0, 4]
        from queue in Gen.Select(Gen.Long[1, 1_000_000], Text, Gen.Bool, Time, (id, text, urgent, time) => new QueuedMessage(id, text, urgent, time)).Array[0, 20]
        from lease in Gen.Select(Text, Gen.Long[1, long.MaxValue], (replica, token) => new Lease(replica, token)).Null()
        from time in Time
        select new Chat
        {
            Id = ChatId.Create(Given.Now),
            Owner = texts[0],
            Title = texts[1],
            Model = texts[2],
            Status = status,
            Archived = counts[0] % 2 == 0,
            Version = counts[0],
            Epoch = counts[1],
            LastMessageId = counts[2],
            LastAssignedId = counts[2],
            Generation = counts[3],
            Attempt = small[0],
            Step = small[1],
            Retry = retry,
            Error = error,
            PendingToolCalls = calls,
            Queue = [.. queue.DistinctBy(queued => queued.Id)],
            LastQueuedId = counts[4],
            ClientTools = [.. calls.Select(call => new ClientTool(call.CallId, call.Name, call.Arguments))],
            Lease = lease,
            LeaseToken = lease?.Token ?? 0,
            CreatedAt = time,
            UpdatedAt = time,
        };
}
