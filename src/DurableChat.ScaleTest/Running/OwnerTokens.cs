using System.Security.Cryptography;
using System.Text;

namespace DurableChat.ScaleTest.Running;

/// <summary>Tokens of an operator and of owners, made for one run.</summary>
/// <param name="Operator">The operator's.</param>
/// <param name="Owners">The owners', who are named <c>owner-1</c> and so on.</param>
internal sealed record OwnerTokens(string Operator, IReadOnlyList<string> Owners)
{
    /// <summary>Makes them, and adds them to a server's settings.</summary>
    public static OwnerTokens AddTo(IDictionary<string, string> settings, int count)
    {
        var tokens = new OwnerTokens(Create(), [.. Enumerable.Range(0, count).Select(_ => Create())]);
        foreach (var (number, token) in tokens.Owners.Prepend(tokens.Operator).Index())
        {
            settings[$"Auth__Tokens__{number}__Owner"] = number == 0 ? "operator" : $"owner-{number}";
            settings[$"Auth__Tokens__{number}__Sha256"] = Convert.ToHexStringLower(
                SHA256.HashData(Encoding.UTF8.GetBytes(token)));
        }

        settings["Auth__Tokens__0__Operator"] = "true";
        return tokens;
    }

    private static string Create() => $"dc_{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32))}";
}
