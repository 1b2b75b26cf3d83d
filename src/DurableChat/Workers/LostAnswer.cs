using DurableChat.Chats;

namespace DurableChat.Workers;

/// <summary>What an attempt had given when it failed or its worker died, and the next one must pay for again.</summary>
/// <param name="Cause">Why the attempt is repeated.</param>
/// <param name="Chars">The length of its parts.</param>
/// <param name="Usage">Its cost. Null if the provider did not report it.</param>
internal sealed record LostAnswer(string Cause, int Chars, TokenUsage? Usage)
{
    /// <summary>The model call failed and is repeated, by the same model or by another one.</summary>
    public const string Retry = "retry";

    /// <summary>The worker died or lost its lease.</summary>
    public const string Takeover = "takeover";

    /// <summary>The worker stopped and handed the turn over. The model continues after what it had said.</summary>
    public const string Restart = "restart";

    /// <summary>About as many characters as a token has, where no provider has counted tokens.</summary>
    private const int CharsPerToken = 4;

    /// <summary>What the repetition pays for again.</summary>
    /// <param name="usage">The cost of the repetition. Null if the provider did not report it.</param>
    /// <param name="promptChars">The length of its prompt.</param>
    /// <returns>
    /// The input is paid for twice as a whole. Of the output, it is what the lost attempt had given.
    /// </returns>
    public (long Input, long Output) PaidAgain(TokenUsage? usage, long promptChars)
    {
        var lost = Cause == Restart ? 0 : Usage?.OutputTokens is > 0 and var counted ? counted : TokensOf(Chars);
        return (
            usage?.InputTokens is > 0 and var input ? input : TokensOf(promptChars),
            Math.Min(lost, usage?.OutputTokens ?? lost));
    }

    /// <summary>
    /// The lost answer of a chat whose worker is gone, or that was handed over. Null if there is none.
    /// </summary>
    /// <param name="shown">The parts that are known of the current generation.</param>
    /// <param name="last">The last message before it.</param>
    public static LostAnswer? Find(IReadOnlyList<MessagePart>? shown, Message? last) =>
        shown is [_, ..] ? new LostAnswer(Takeover, CharsOf(shown), null)
        : last is { Role: MessageRole.Assistant, FinishReason: FinishReason.HandedOver }
            ? new LostAnswer(Restart, 0, null)
        : null;

    /// <summary>The length of parts.</summary>
    public static int CharsOf(IEnumerable<MessagePart> parts) => parts.Sum(MessagePart.CharsOf);

    private static long TokensOf(long chars) => (chars + CharsPerToken - 1) / CharsPerToken;
}
