using System.Text;

namespace DurableChat.Server.Clients;

/// <summary>
/// Takes the control characters out of what models and people have written. A terminal obeys them: they could hide text, or change what stands there already.
/// </summary>
internal static class Printable
{
    /// <summary>Text of several lines; line breaks and tabs stay.</summary>
    public static string Text(string text) => Replace(text, keepsLines: true);

    /// <summary>One line.</summary>
    public static string Line(string text) => Replace(text, keepsLines: false);

    private static string Replace(string text, bool keepsLines)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var character in text)
        {
            clean.Append(!char.IsControl(character) || (keepsLines && character is ('\n' or '\t')) ? character : keepsLines ? '\uFFFD' : ' ');
        }

        return clean.ToString();
    }
}
