namespace DurableChat.Chats;

/// <summary>
/// Truncates texts without splitting a surrogate pair. Half a pair is not valid Unicode: clients and databases would
/// show a replacement character or refuse the text. Pure.
/// </summary>
internal static class TextCut
{
    /// <summary>
    /// The beginning of a text, at most <paramref name="maxLength"/> UTF-16 code units. One less if the cut would split
    /// a surrogate pair.
    /// </summary>
    public static string Start(string text, int maxLength) =>
        text.Length <= maxLength ? text : text[..LengthOf(text, maxLength)];

    private static int LengthOf(ReadOnlySpan<char> text, int maxLength) =>
        maxLength > 0 && char.IsHighSurrogate(text[maxLength - 1]) && char.IsLowSurrogate(text[maxLength])
            ? maxLength - 1
            : maxLength;
}
