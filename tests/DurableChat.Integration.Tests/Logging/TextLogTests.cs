using DurableChat.Integration.Tests.Http;
using DurableChat.Server.Logging;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Xunit;

namespace DurableChat.Integration.Tests.Logging;

/// <summary>What others write into the text log is shown, and obeyed by nothing.</summary>
public sealed class TextLogTests
{
    private const string Foreign = "a\u001b[2Jb\u202Ec\u2066d\u2028e\r\nfail: Forged[0] f\tg";

    [Fact]
    public void Control_characters_and_line_breaks_of_a_message_are_shown_as_escapes() => Assert.Equal(
        $"info: Cat[7] a\\u001b[2Jb\\u202ec\\u2066d\\u2028e\\r\\nfail: Forged[0] f\tg{Environment.NewLine}",
        Write(Foreign, exception: null));

    [Fact]
    public void An_exception_is_one_line_without_them()
    {
        var line = Write("failed", new InvalidOperationException(Foreign));
        Assert.StartsWith("info: Cat[7] failed System.InvalidOperationException: a\\u001b[2Jb\\u202ec", line, StringComparison.Ordinal);
        Assert.DoesNotContain(line.TrimEnd(), character => char.IsControl(character) && character != '\t');
    }

    [Fact]
    public void A_scope_is_shown_without_them()
    {
        var scopes = new LoggerExternalScopeProvider();
        using var scope = scopes.Push(Foreign);
        var line = Write("said", exception: null, scopes);
        Assert.Contains("=> a\\u001b[2Jb\\u202ec", line, StringComparison.Ordinal);
        Assert.DoesNotContain(line.TrimEnd(), character => char.IsControl(character) && character != '\t');
    }

    [Fact]
    public async Task The_server_logs_in_this_form_unless_it_logs_JSON()
    {
        await using var text = await TestServer.StartAsync();
        await using var json = await TestServer.StartAsync(null, "Logging:Format=json");
        Assert.Equal(["durablechat-text", "json"], new[] { text, json }.Select(server =>
            server.Services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName));
    }

    private static string Write(string message, Exception? exception, IExternalScopeProvider? scopes = null)
    {
        using var services = new ServiceCollection()
            .AddLogging(TextLog.Add)
            .Configure<SimpleConsoleFormatterOptions>(console => (console.IncludeScopes, console.ColorBehavior) = (true, LoggerColorBehavior.Disabled))
            .BuildServiceProvider();
        var name = services.GetRequiredService<IOptions<ConsoleLoggerOptions>>().Value.FormatterName;
        var formatter = services.GetServices<ConsoleFormatter>().Single(one => one.Name == name);
        using var written = new StringWriter();
        formatter.Write(
            new LogEntry<string>(LogLevel.Information, "Cat", new EventId(7), message, exception, static (text, _) => text),
            scopes,
            written);
        return written.ToString();
    }
}
