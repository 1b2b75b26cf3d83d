using System.Security.Cryptography;
using System.Text;

namespace DurableChat.Providers.Http;

/// <summary>
/// The ids under which calls are sent. Another provider's ids may be too long, contain characters that this one
/// refuses, or be reused in a later answer. The same history results in the same ids. For one request; not thread-safe.
/// </summary>
internal sealed class SentCallIds
{
    private const int MaxLength = 64;

    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private List<string> _ofAnswer = [];

    /// <summary>Begins the calls of another answer.</summary>
    public void BeginAnswer() => _ofAnswer = [];

    /// <summary>Records a call that is sent back unchanged.</summary>
    public void Keep(string id)
    {
        _used.Add(id);
        _ofAnswer.Add(id);
    }

    /// <summary>Records a call that is written from its neutral part, and returns its id.</summary>
    public string Make(string id)
    {
        var plain = string.Concat(id.Select(each => IsPlain(each) ? each : '_'));
        plain = plain.Length == 0 ? "call" : plain.Length <= MaxLength - 8 ? plain : $"call_{HashOf(id)}";
        var made = plain;
        for (var number = 2; !_used.Add(made); number++)
        {
            made = $"{plain}_{number}";
        }

        _ofAnswer.Add(made);
        return made;
    }

    /// <summary>The id of the call at a position in the last recorded answer; null if there is none.</summary>
    public string? At(int place) => _ofAnswer.ElementAtOrDefault(place);

    private static bool IsPlain(char each) => char.IsAsciiLetterOrDigit(each) || each is '_' or '-';

    private static string HashOf(string id) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16));
}
