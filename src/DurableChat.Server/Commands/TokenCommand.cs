using System.CommandLine;
using DurableChat.Server.Auth;

namespace DurableChat.Server.Commands;

/// <summary>The command that creates a token.</summary>
internal static class TokenCommand
{
    public static Command Create()
    {
        var owner = new Option<string>("--owner") { Description = "Whose token it is.", Required = true };
        var command = new Command("token", "Makes a token, and prints what to put into the configuration.") { owner };
        command.SetAction(parsed =>
        {
            var token = TokenList.Create();
            Console.WriteLine($"Token, shown only now: {token}");
            Console.WriteLine("Environment of the server:");
            Console.WriteLine($"  Auth__Tokens__0__Owner={parsed.GetValue(owner)}");
            Console.WriteLine($"  Auth__Tokens__0__Sha256={TokenList.Hash(token)}");
        });
        return command;
    }
}
