using System.Globalization;
using System.Text;

namespace DurableChat.Server;

/// <summary>
/// Takes the control characters out of what models and people have written, and those that turn the direction of a text around. A terminal obeys them: they could hide text, or change what stands there already.
/// </summary>
internal static class Printable
{
    /// <summary>Text of several lines; line breaks and tabs stay.</summary>
    public static string Text(string text) => Replace(text, keepsLines: true);

    /// <summary>One line.</summary>
    public static string Line(string text) => Replace(text, keepsLines: false);

    /// <summary>One line in which those characters are shown as escapes, for logs: what is in a text can matter there.</summary>
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

    /// <summary>Marks of single characters' direction are harmless, and usual in some languages; embeddings, overrides and isolates go on to the end of a text.</summary>
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
