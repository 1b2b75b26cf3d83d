Console.WriteLine("durablechat");
