module example.com/queue

go 1.18

retract v1.1.0 // Flush loses the last message.
