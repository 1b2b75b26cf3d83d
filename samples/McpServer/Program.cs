using System.ComponentModel;
using ModelContextProtocol.Server;

// A server of the Model Context Protocol: over standard input and output, or with '--http' over HTTP.
var builder = WebApplication.CreateBuilder(args);
builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
var server = builder.Services.AddMcpServer().WithTools<Calculator>();
if (!args.Contains("--http"))
{
    server.WithStdioServerTransport();
    builder.WebHost.UseSetting("urls", "http://127.0.0.1:0");
    await builder.Build().RunAsync();
    return;
}

server.WithHttpTransport();
var app = builder.Build();
app.MapMcp("/mcp");
await app.RunAsync();

[McpServerToolType]
internal sealed class Calculator
{
    [McpServerTool(Name = "add"), Description("Adds two numbers.")]
    public static double Add(double a, double b) => a + b;

    [McpServerTool(Name = "divide"), Description("Divides two numbers.")]
    public static double Divide(double a, double b) =>
        b == 0 ? throw new ModelContextProtocol.McpException("Nothing can be divided by zero.") : a / b;

    [McpServerTool(Name = "forget_everything"), Description("Nothing that a model should be let near.")]
    public static string Forget() => "forgotten";
}
