using System.CommandLine;
using DurableChat.Client;
using DurableChat.Server.Text;

namespace DurableChat.Server.Terminal;

/// <summary>The options that select the server of a command.</summary>
internal sealed class ClientOptions
{
    private const string UrlVariable = "DURABLECHAT_URL";
    private const string TokenVariable = "DURABLECHAT_TOKEN";
    private const string DefaultUrl = "http://127.0.0.1:8080";

    private readonly Option<string?> _url = new("--url") { Description = $"The server; else the variable {UrlVariable}, else {DefaultUrl}." };
    private readonly Option<string?> _token = new("--token") { Description = $"Your token; else the variable {TokenVariable}, where others do not see it." };

    public ClientOptions()
    {
        _url.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && ReadUrl(text) is null)
            {
                result.AddError($"--url: '{text}' is not a URL of http or https.");
            }
        });
        _token.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }] && (text.Length == 0 || !text.All(character => character is > ' ' and < '\x7f')))
            {
                result.AddError("--token is visible ASCII characters.");
            }
        });
    }

    /// <summary>Adds these options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_url);
        command.Options.Add(_token);
    }

    /// <summary>Runs a command against the server named by the command line, or otherwise by the environment.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(ParseResult parsed, Func<ChatServer, Task<int>> command)
    {
        if (Read(parsed) is not { } settings)
        {
            return await PlainErrors.SayAsync($"{UrlVariable} is not a URL of http or https.");
        }

        using var server = new ChatServer(settings, TimeProvider.System);
        try
        {
            return await command(server);
        }
        catch (Exception exception) when (ChatServer.IsFailure(exception))
        {
            await PlainErrors.SayAsync(server.Explain(exception));
            return ClientExit.Failed;
        }
    }

    /// <summary>Asks the server for completions; returns none if it does not answer quickly.</summary>
    public IEnumerable<string> Complete(ParseResult parsed, Func<DurableChatClient, CancellationToken, Task<IEnumerable<string>>> ask)
    {
        if (Read(parsed) is not { } settings)
        {
            return [];
        }

        using var server = new ChatServer(settings, TimeProvider.System);
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(1), TimeProvider.System);
        try
        {
            return ask(server.Client, timeout.Token).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (ChatServer.IsFailure(exception) || exception is OperationCanceledException)
        {
            return [];
        }
    }

    private ClientSettings? Read(ParseResult parsed) =>
        ReadUrl(parsed.GetValue(_url) ?? Variable(UrlVariable) ?? DefaultUrl) is { } url ? new ClientSettings(url, parsed.GetValue(_token) ?? Variable(TokenVariable)) : null;

    /// <summary>Adds the trailing slash, without which a relative URL would replace the last segment.</summary>
    private static Uri? ReadUrl(string text) =>
        Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var url) && url.Scheme is ("http" or "https") && url.Query.Length == 0 ? url : null;

    /// <summary>Removes the line break at the end, which is common in values that come from files.</summary>
    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name)?.Trim() is { Length: > 0 } value ? value : null;
}
