using System.Security.Cryptography;
using System.Text;

namespace DurableChat.Providers.Http;

/// <summary>
/// The ids under which calls are sent. Those of another provider may be too long, have characters that this one
/// refuses, or come again in
/// a later answer. The same history gives the same ids. For one request; not thread-safe.
/// </summary>
internal sealed class SentCallIds
{
    private const int MaxLength = 64;

    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private List<string> _ofAnswer = [];

    /// <summary>The calls of another answer follow.</summary>
    public void BeginAnswer() => _ofAnswer = [];

    /// <summary>Notes a call that goes back as it came.</summary>
    public void Keep(string id)
    {
        _used.Add(id);
        _ofAnswer.Add(id);
    }

    /// <summary>Notes a call that is written from its neutral part, and gives its id.</summary>
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

    /// <summary>The id of the call at a place of the answer that was noted last; null if it has none there.</summary>
    public string? At(int place) => _ofAnswer.ElementAtOrDefault(place);

    private static bool IsPlain(char each) => char.IsAsciiLetterOrDigit(each) || each is '_' or '-';

    private static string HashOf(string id) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)).AsSpan(0, 16));
}
