using DurableChat.Browser.Tests.Support;
using Xunit;

[assembly: AssemblyFixture(typeof(Chromium))]
[assembly: AssemblyFixture(typeof(SharedServer))]
[assembly: NoComplaints]
