// FerretDB 1.24: the MongoDB protocol on SQLite files, for machines where no mongod can be had.
package main

import (
	"context"
	"database/sql"
	"flag"
	"fmt"
	"log"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
	_ "modernc.org/sqlite"
)

const (
	version       = "1.24.2"
	indexInterval = 300 * time.Millisecond
)

func main() {
	listen := flag.String("listen", "127.0.0.1:27017", "address and port")
	dir := flag.String("dir", "", "folder of the SQLite files; must exist")
	showVersion := flag.Bool("version", false, "print the version and exit")
	flag.Parse()
	if *showVersion {
		fmt.Println("FerretDB v" + version)
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	// A commit must be on the disk before it is answered, whatever the driver's default is.
	url := "file:" + strings.TrimSuffix(*dir, "/") + "/?_pragma=synchronous(full)"
	db, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{TCP: *listen},
		// Warnings quote messages of clients, and those hold user data.
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
		Handler:   "sqlite",
		SQLiteURL: url,
	})
	if err != nil {
		log.Fatal(err)
	}
	go keepIndexed(ctx, *dir)
	if err := db.Run(ctx); err != nil {
		log.Fatal(err)
	}
}

// FerretDB asks for {_id: "…"} by an expression that its own index does not cover, so that every point read would scan the table:
// with 10 000 documents 16 ms instead of 0.7 ms.
func keepIndexed(ctx context.Context, dir string) {
	indexed := map[string]bool{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(indexInterval):
		}
		files, _ := filepath.Glob(filepath.Join(dir, "*.sqlite"))
		for _, file := range files {
			if err := indexTables(file, indexed); err != nil {
				log.Printf("indexing %s: %v", file, err)
			}
		}
	}
}

func indexTables(file string, indexed map[string]bool) error {
	db, err := sql.Open("sqlite", "file:"+file+"?mode=rw&_pragma=busy_timeout(10000)")
	if err != nil {
		return err
	}
	defer db.Close()
	tables, err := newTables(db, file, indexed)
	if err != nil {
		return err
	}
	for _, table := range tables {
		statement := fmt.Sprintf(`CREATE INDEX IF NOT EXISTS "keyfence_%s_id" ON "%s" (_ferretdb_sjson->'$._id')`, table, table)
		if _, err := db.Exec(statement); err != nil {
			return err
		}
		indexed[file+"\n"+table] = true
	}
	return nil
}

func newTables(db *sql.DB, file string, indexed map[string]bool) ([]string, error) {
	rows, err := db.Query(`SELECT table_name FROM "_ferretdb_collections"`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var tables []string
	for rows.Next() {
		var table string
		if err := rows.Scan(&table); err != nil {
			return nil, err
		}
		if !indexed[file+"\n"+table] {
			tables = append(tables, table)
		}
	}
	return tables, rows.Err()
}
