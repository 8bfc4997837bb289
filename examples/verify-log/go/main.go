// Command verify-log verifies records of Muster for an auditor. It shares no code with Muster.
//
//	verify-log KEY EVIDENCE            is this event in the log?
//	verify-log KEY EXPORT CHECKPOINT   are the first events of an export those that were signed?
//
// KEY is the line that "muster tlog key" prints; further lines are keys of witnesses that must have cosigned. EVIDENCE is a file of "muster evidence", EXPORT one of "muster export".
// CHECKPOINT is a file of "muster tlog checkpoint", or a directory of "muster tlog export": then it also says which
// event is the first that differs.
package main

import (
	"bufio"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// The tree contains events of streams whose name begins with one of these words, alone or before a hyphen.
const categories = "cluster job lease node scheduler template user tenant username email session counter enrolment gpuClaim task taskname tenantTasks taskDependencies secrets registries environment environmentname volume serviceTemplate environmentroom service tenantServices quota attempt command tenantname"

type event struct {
	Stream   string
	Revision int64
	ID       string
	Type     string
	Data     string
	Metadata string
}

type checkpoint struct {
	origin string
	size   int64
	root   tlog.Hash
}

func main() {
	if len(os.Args) != 3 && len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: verify-log KEY EVIDENCE | verify-log KEY EXPORT CHECKPOINT")
		os.Exit(2)
	}
	verdict, err := run(os.Args[1], os.Args[2], append(os.Args, "")[3])
	if err != nil {
		fmt.Println("NO:", err)
		os.Exit(1)
	}
	fmt.Println("YES:", verdict)
}

func run(key, file, against string) (string, error) {
	trusted, err := parseKeys(strings.Fields(key))
	if err != nil {
		return "", err
	}
	if against == "" {
		return checkEvidence(trusted, file)
	}
	return checkExport(trusted, file, against)
}

func checkEvidence(trusted keys, file string) (string, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", err
	}
	var evidence struct {
		Event event
		Proof string
	}
	if err := json.Unmarshal(text, &evidence); err != nil {
		return "", err
	}
	head, signed, ok := strings.Cut(evidence.Proof, "\n\n")
	lines := strings.Split(head, "\n")
	if !ok || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return "", errors.New("the proof is not in the format c2sp.org/tlog-proof@v1")
	}
	index, err := strconv.ParseInt(strings.TrimPrefix(lines[1], "index "), 10, 64)
	if err != nil {
		return "", err
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return "", err
		}
		proof = append(proof, hash)
	}
	tree, err := open(trusted, signed)
	if err != nil {
		return "", err
	}
	if err := tlog.CheckRecord(proof, tree.size, tree.root, index, tlog.RecordHash(entry(evidence.Event))); err != nil {
		return "", fmt.Errorf("entry %d of the log is not this event: the event or its proof was altered (%v)", index, err)
	}
	return fmt.Sprintf("%s is entry %d of %s", describe(evidence.Event), index, tree.origin), nil
}

func checkExport(trusted keys, file, against string) (string, error) {
	directory := ""
	if info, err := os.Stat(against); err == nil && info.IsDir() {
		directory, against = against, filepath.Join(against, "checkpoint")
	}
	text, err := os.ReadFile(against)
	if err != nil {
		return "", err
	}
	tree, err := open(trusted, string(text))
	if err != nil {
		return "", err
	}
	var signed []tlog.Hash
	if directory != "" {
		if signed, err = leaves(directory, tree); err != nil {
			return "", err
		}
	}
	input, err := os.Open(file)
	if err != nil {
		return "", err
	}
	defer input.Close()
	reader := bufio.NewReader(input)
	var edge edge
	for edge.size < tree.size {
		line, err := reader.ReadBytes('\n')
		if len(line) > 0 {
			var each event
			if err := json.Unmarshal(line, &each); err != nil {
				return "", fmt.Errorf("a line of the export is not JSON: %v", err)
			}
			if own(each.Stream) {
				hash := tlog.RecordHash(entry(each))
				if signed != nil && hash != signed[edge.size] {
					return "", fmt.Errorf("entry %d is not what was signed: now it is %s", edge.size, describe(each))
				}
				edge.add(hash)
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return "", err
		}
	}
	if edge.size < tree.size {
		return "", fmt.Errorf("the export has only %d of the %d events that were signed", edge.size, tree.size)
	}
	if edge.root() != tree.root {
		return "", fmt.Errorf("the first %d events are not those that were signed", tree.size)
	}
	return fmt.Sprintf("the first %d events are those that %s signed", tree.size, tree.origin), nil
}

// keys are those that an auditor trusts: all of them must have signed.
type keys struct {
	log       note.Verifier
	witnesses []note.Verifier
}

func parseKeys(lines []string) (keys, error) {
	if len(lines) == 0 {
		return keys{}, errors.New("there is no key")
	}
	log, err := note.NewVerifier(lines[0])
	if err != nil {
		return keys{}, err
	}
	all := keys{log: log}
	for _, line := range lines[1:] {
		witness, err := newWitness(line)
		if err != nil {
			return keys{}, err
		}
		all.witnesses = append(all.witnesses, witness)
	}
	return all, nil
}

// witness verifies cosignatures of https://c2sp.org/tlog-cosignature.
type witness struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newWitness(vkey string) (note.Verifier, error) {
	name, rest, _ := strings.Cut(vkey, "+")
	id, encoded, _ := strings.Cut(rest, "+")
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(key) != 1+ed25519.PublicKeySize || key[0] != 4 {
		return nil, fmt.Errorf("%s is not the key of a witness", vkey)
	}
	digest := sha256.Sum256(append([]byte(name+"\n"), key...))
	if hex.EncodeToString(digest[:4]) != id {
		return nil, fmt.Errorf("the key of %s is damaged", name)
	}
	return witness{name, binary.BigEndian.Uint32(digest[:4]), key[1:]}, nil
}

func (w witness) Name() string    { return w.name }
func (w witness) KeyHash() uint32 { return w.hash }

// Verify checks a time in seconds, 8 bytes, and the signature of time and text.
func (w witness) Verify(text, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	signed := fmt.Sprintf("cosignature/v1\ntime %d\n%s", binary.BigEndian.Uint64(signature), text)
	return ed25519.Verify(w.key, []byte(signed), signature[8:])
}

// open verifies the signatures of a checkpoint.
func open(trusted keys, text string) (checkpoint, error) {
	verifier := trusted.log
	opened, err := note.Open([]byte(text), note.VerifierList(append([]note.Verifier{verifier}, trusted.witnesses...)...))
	if err != nil {
		return checkpoint{}, fmt.Errorf("the checkpoint is not signed by this key, or was altered (%v)", err)
	}
	signed := map[string]bool{}
	for _, signature := range opened.Sigs {
		signed[fmt.Sprint(signature.Name, signature.Hash)] = true
	}
	for _, each := range append([]note.Verifier{verifier}, trusted.witnesses...) {
		if !signed[fmt.Sprint(each.Name(), each.KeyHash())] {
			return checkpoint{}, fmt.Errorf("the checkpoint is not signed by %s", each.Name())
		}
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) < 4 || lines[0] != verifier.Name() {
		return checkpoint{}, errors.New("the checkpoint is of another log than the key")
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil {
		return checkpoint{}, err
	}
	root, err := tlog.ParseHash(lines[2])
	return checkpoint{lines[0], size, root}, err
}

// leaves reads the hashes of all entries from tiles, and makes sure that they are those of the checkpoint.
func leaves(directory string, tree checkpoint) ([]tlog.Hash, error) {
	var all []tlog.Hash
	var edge edge
	for n := int64(0); n*256 < tree.size; n++ {
		name := fmt.Sprintf("%03d", n%1000)
		for rest := n / 1000; rest > 0; rest /= 1000 {
			name = fmt.Sprintf("x%03d/%s", rest%1000, name)
		}
		if width := tree.size - n*256; width < 256 {
			name = fmt.Sprintf("%s.p/%d", name, width)
		}
		bytes, err := os.ReadFile(filepath.Join(directory, "tile", "0", name))
		if err != nil {
			return nil, err
		}
		for at := 0; at+32 <= len(bytes); at += 32 {
			hash := tlog.Hash(bytes[at : at+32])
			all = append(all, hash)
			edge.add(hash)
		}
	}
	if edge.size != tree.size || edge.root() != tree.root {
		return nil, errors.New("the tiles do not fit their checkpoint")
	}
	return all, nil
}

// entry returns the bytes of an event in the tree.
func entry(e event) []byte {
	digest := sha256.Sum256([]byte(fmt.Sprintf("%d\n%s%s", len(e.Metadata), e.Metadata, e.Data)))
	return []byte(fmt.Sprintf("muster-event/v1\n%s\n%d\n%s\n%s\n%s\n",
		e.Stream, e.Revision, e.ID, e.Type, base64.StdEncoding.EncodeToString(digest[:])))
}

func describe(e event) string {
	return fmt.Sprintf("%s (%s, revision %d)", e.Type, e.Stream, e.Revision)
}

func own(stream string) bool {
	category, _, _ := strings.Cut(stream, "-")
	return category != "" && strings.Contains(" "+categories+" ", " "+category+" ")
}

// edge computes the root of a growing tree from its complete subtrees, the largest first.
type edge struct {
	size   int64
	hashes []tlog.Hash
}

func (e *edge) add(hash tlog.Hash) {
	for full := e.size; full%2 == 1; full /= 2 {
		last := len(e.hashes) - 1
		hash = tlog.NodeHash(e.hashes[last], hash)
		e.hashes = e.hashes[:last]
	}
	e.hashes = append(e.hashes, hash)
	e.size++
}

func (e *edge) root() tlog.Hash {
	if e.size == 0 {
		return sha256.Sum256(nil)
	}
	root := e.hashes[len(e.hashes)-1]
	for at := len(e.hashes) - 2; at >= 0; at-- {
		root = tlog.NodeHash(e.hashes[at], root)
	}
	return root
}
