using System.Globalization;
using System.Text;

namespace DurableChat.Server.Text;

/// <summary>
/// Removes control characters and direction overrides from texts that models and people have written. A terminal obeys
/// them: they could hide text, or change what is already on the screen.
/// </summary>
internal static class Printable
{
    /// <summary>A text of several lines. Line breaks and tabs are kept.</summary>
    public static string Text(string text) => Replace(text, keepsLines: true);

    /// <summary>A text on one line.</summary>
    public static string Line(string text) => Replace(text, keepsLines: false);

    /// <summary>
    /// A text on one line in which such characters are shown as escapes, for logs, where they may matter.
    /// </summary>
    public static string Shown(string text)
    {
        if (!text.Any(IsObeyed))
        {
            return text;
        }

        var shown = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            _ = character switch
            {
                '\n' => shown.Append("\\n"),
                '\r' => shown.Append("\\r"),
                '\t' => shown.Append(character),
                _ when IsObeyed(character) => shown.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
                _ => shown.Append(character),
            };
        }

        return shown.ToString();
    }

    /// <summary>
    /// Direction marks affect single characters; they are harmless, and usual in some languages. Embeddings, overrides
    /// and isolates affect the rest of the text.
    /// </summary>
    private static bool IsObeyed(char character) =>
        char.IsControl(character) || character is (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069') or '\u2028' or '\u2029';

    private static string Replace(string text, bool keepsLines)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            clean.Append(!IsObeyed(character) || (keepsLines && character is ('\n' or '\t')) ? character : keepsLines ? '\uFFFD' : ' ');
        }

        return clean.ToString();
    }
}
